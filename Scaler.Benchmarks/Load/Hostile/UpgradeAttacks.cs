using System.Net;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Hostile;

/// <summary>Lists the attacks that reset the connection during an upgrade, one for each step of the upgrade.</summary>
internal static class UpgradeAttacks
{
    private static readonly string[] Steps = ["the request", "the 101", "the probe", "the probe's answer", "the upgrade packet"];

    public static readonly IReadOnlyList<Attack> All =
        [.. Steps.Select((step, i) => new Attack($"a reset after {step}", (server, _, token) => ResetAsync(server, i, token)))];

    private static async Task ResetAsync(IPEndPoint server, int step, CancellationToken cancellationToken)
    {
        using var polling = await RawClient.OpenAsync(server, cancellationToken);
        var sid = await HttpAttacks.OpenSessionAsync(polling, cancellationToken);
        using var client = await RawClient.OpenAsync(server, cancellationToken);
        Func<Task>[] actions =
        [
            () => client.SendAsync(RawClient.UpgradeRequest($"{Attacks.Path}&transport=websocket&sid={sid}"), cancellationToken),
            () => client.ReceiveAsync(cancellationToken),
            () => client.SendAsync(ClientFrame.Encode("2probe"), cancellationToken),
            () => client.ReceiveAsync(cancellationToken),
            () => client.SendAsync(ClientFrame.Encode("5"), cancellationToken),
        ];
        foreach (var action in actions[..(step + 1)])
        {
            await action();
        }

        client.Reset();
    }
}
