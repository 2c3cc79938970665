using System.Text.Json;

namespace Scaler;

/// <summary>Executes the operations of <see cref="Account"/> and <see cref="AccountQuery"/> in the cluster.</summary>
internal interface IAccountClient
{
    /// <summary>Gets the options with which arguments are serialized.</summary>
    JsonSerializerOptions Json { get; }

    /// <summary>Sends an encoded message to the connections of an account.</summary>
    Task<SendResult> SendRawAsync(
        string account, ReadOnlyMemory<byte> payload, bool isBinary, SendOptions options, CancellationToken cancellationToken);

    Task<SendResult> DisconnectAsync(string account, CancellationToken cancellationToken);

    Task<IReadOnlyList<ScalerConnectionInfo>> GetConnectionsAsync(string account, int take, CancellationToken cancellationToken);

    Task<AccountPage> GetAccountsAsync(string prefix, string? after, int take, CancellationToken cancellationToken);
}
