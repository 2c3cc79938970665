using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Scaler.EngineIO.Tests.Sessions;

public sealed class RegistrationTests
{
    [Fact]
    public void AddEngineIO_WithASecondHandler_Throws()
    {
        var services = new ServiceCollection();
        services.AddEngineIO<EngineTestHandler>();
        var exception = Assert.Throws<InvalidOperationException>(() => services.AddEngineIO<LoudHandler>());
        Assert.Contains(nameof(LoudHandler), exception.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(EngineTestHandler), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddEngineIO_WithASecondHandlerOfTheSameName_Throws()
    {
        var services = new ServiceCollection();
        services.AddEngineIO<EngineTestHandler>("chat", static options => options.Path = "/chat/");
        services.AddEngineIO<LoudHandler>("feed", static options => options.Path = "/feed/");
        services.AddEngineIO<EngineTestHandler>();
        var exception = Assert.Throws<InvalidOperationException>(
            () => services.AddEngineIO<LoudHandler>("chat", static options => options.Path = "/chat/"));
        Assert.Contains("'chat'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MapEngineIO_WithSeveralNames_CallsTheHandlerOfEachEndpoint()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddEngineIO<EngineTestHandler>();
        builder.Services.AddEngineIO<LoudHandler>("loud", static options =>
        {
            options.Path = "/loud/";
            options.MaxPayload = 1000;
        });
        builder.Services.AddEngineIO<LoudHandler>("other", static options => options.PingInterval = TimeSpan.FromSeconds(1));
        await using var application = builder.Build();
        application.MapEngineIO();
        application.MapEngineIO(path: null, "loud");
        application.MapEngineIO("/other", "other");
        await application.StartAsync().WithTimeout();
        using var client = new HttpClient { BaseAddress = new Uri(application.Urls.First()) };

        Assert.Equal("4hi", await EchoAsync(client, "/engine.io/", "\"maxPayload\":1000000"));
        Assert.Equal("4HI", await EchoAsync(client, "/loud/", "\"maxPayload\":1000}"));
        Assert.Equal("4HI", await EchoAsync(client, "/other/", "\"pingInterval\":1000,"));
        var servers = new[]
        {
            application.Services.GetRequiredService<EngineServer>(),
            application.Services.GetRequiredKeyedService<EngineServer>("loud"),
            application.Services.GetRequiredKeyedService<EngineServer>("other"),
        };
        Assert.All(servers, static server => Assert.Equal(1, server.Count));
        await application.StopAsync().WithTimeout("the host to stop");
        Assert.All(servers, static server => Assert.Equal(0, server.Count));
    }

    private static async Task<string> EchoAsync(HttpClient client, string path, string expected)
    {
        var query = path + "?EIO=4&transport=polling";
        var open = await client.GetStringAsync(new Uri(query, UriKind.Relative)).WithTimeout();
        Assert.Contains(expected, open, StringComparison.Ordinal);
        var session = new Uri($"{query}&sid={EngineTestHost.ParseSid(open)}", UriKind.Relative);
        using var content = new StringContent("4hi");
        using var post = await client.PostAsync(session, content).WithTimeout();
        return await client.GetStringAsync(session).WithTimeout();
    }

    private sealed class LoudHandler : IEngineHandler
    {
        public ValueTask OnOpenedAsync(EngineSession session, CancellationToken cancellationToken) => default;

        public async ValueTask OnMessageAsync(EngineSession session, EngineMessage message, CancellationToken cancellationToken) =>
            await session.SendAsync(message.ToString().ToUpperInvariant(), cancellationToken: cancellationToken);

        public ValueTask OnClosedAsync(EngineSession session, EngineCloseReason reason) => default;
    }
}
