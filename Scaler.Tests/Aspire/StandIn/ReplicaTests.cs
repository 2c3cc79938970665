using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Aspire.StandIn;

/// <summary>What becomes of a replica, and of the clients of the others.</summary>
[Collection(AppHostCollection.Name)]
public sealed class ReplicaTests(AppHostFixture fixture)
{
    [LinuxFact]
    public async Task Killed_IsFinishedWithItsExitCode_AndTheOthersGoOn()
    {
        var deadline = AppHostFixture.Deadline();
        var replica = (await fixture.HealthyAsync("stream", AppHostFixture.Replicas, deadline))[0];
        var pid = replica.Snapshot.Properties.Single(p => p.Name == "executable.pid").Value;
        using var process = Process.GetProcessById(Convert.ToInt32(pid, CultureInfo.InvariantCulture));

        process.Kill();

        var ended = await fixture.App.ResourceNotifications.WaitForResourceAsync(
            "stream", e => e.ResourceId == replica.ResourceId && e.Snapshot.ExitCode is not null, deadline);
        Assert.Equal(KnownResourceStates.Finished, ended.Snapshot.State?.Text);
        Assert.Equal(137, ended.Snapshot.ExitCode);
        for (var i = 0; i < 2 * AppHostFixture.Replicas; i++)
        {
            using var connection = await KeptConnection.OpenAsync(fixture.App.GetEndpoint("stream"), deadline);
            Assert.True(await connection.AsksAsync(deadline));
        }

        Assert.True((await fixture.App.ResourceCommands.ExecuteCommandAsync(replica.ResourceId, "start", deadline)).Success);
        await fixture.HealthyAsync("stream", AppHostFixture.Replicas, deadline);
    }

    [Fact]
    public async Task Restarted_OnlyItsOwnClientsLoseTheirConnection()
    {
        const int each = 4;
        var deadline = AppHostFixture.Deadline();
        var replica = (await fixture.HealthyAsync("stream", AppHostFixture.Replicas, deadline))[0].ResourceId;
        var connections = new List<KeptConnection>();
        for (var i = 0; i < each * AppHostFixture.Replicas; i++)
            connections.Add(await KeptConnection.OpenAsync(fixture.App.GetEndpoint("stream"), deadline));
        foreach (var connection in connections) Assert.True(await connection.AsksAsync(deadline));

        var restarted = await fixture.App.ResourceCommands.ExecuteCommandAsync(replica, KnownResourceCommands.RestartCommand, deadline);

        Assert.True(restarted.Success, restarted.Message);
        var kept = 0;
        foreach (var connection in connections) kept += await connection.AsksAsync(deadline) ? 1 : 0;
        Assert.Equal(each * (AppHostFixture.Replicas - 1), kept);
        connections.ForEach(c => c.Dispose());
        await fixture.HealthyAsync("stream", AppHostFixture.Replicas, deadline);
    }

    [Fact]
    public async Task Commands_ThatDoNotFit_Fail()
    {
        var deadline = AppHostFixture.Deadline();
        var replica = (await fixture.HealthyAsync("stream", AppHostFixture.Replicas, deadline))[0].ResourceId;
        var commands = fixture.App.ResourceCommands;

        Assert.False((await commands.ExecuteCommandAsync(replica, "start", deadline)).Success);
        Assert.False((await commands.ExecuteCommandAsync(replica, "dance", deadline)).Success);
        Assert.False((await commands.ExecuteCommandAsync("stream", "stop", deadline)).Success); // Which of the three?
        Assert.False((await commands.ExecuteCommandAsync("nobody", "stop", deadline)).Success);
    }

    /// <summary>One connection on which one request after another is made.</summary>
    private sealed class KeptConnection(Socket socket) : IDisposable
    {
        public static async Task<KeptConnection> OpenAsync(Uri endpoint, CancellationToken cancellationToken)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, endpoint.Port), cancellationToken);
            return new(socket);
        }

        /// <summary>Whether the other side still answers.</summary>
        public async Task<bool> AsksAsync(CancellationToken cancellationToken)
        {
            try
            {
                await socket.SendAsync("GET /alive HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), cancellationToken);
                var answer = new StringBuilder();
                var buffer = new byte[1024];
                while (!answer.ToString().EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
                {
                    var count = await socket.ReceiveAsync(buffer, cancellationToken);
                    if (count == 0) return false;
                    answer.Append(Encoding.ASCII.GetString(buffer, 0, count));
                }

                return answer.ToString().StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
            }
            catch (SocketException)
            {
                return false;
            }
        }

        public void Dispose() => socket.Dispose();
    }
}
