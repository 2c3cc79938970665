using System.Text.Json;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.RealClients;

/// <summary>A page of <see cref="Chromium"/>.</summary>
internal sealed class ChromiumPage(Chromium browser, string targetId, string sessionId) : IAsyncDisposable
{
    /// <summary>Evaluates an expression.</summary>
    /// <returns>The JSON value, or <see langword="null"/> while the page is being loaded or if the expression throws.</returns>
    public async Task<string?> EvaluateAsync(string expression)
    {
        var answer = await SendAsync("Runtime.evaluate", new { expression, returnByValue = true });
        return answer.TryGetProperty("result", out var result) && !answer.TryGetProperty("exceptionDetails", out _)
            && result.TryGetProperty("value", out var value) ? value.ToString() : null;
    }

    /// <summary>Waits until an expression is true.</summary>
    public async Task WaitForAsync(string condition)
    {
        try
        {
            await Deadline.WaitUntilAsync(
                async () => await EvaluateAsync($"!!({condition})") == bool.TrueString, what: condition);
        }
        catch (TimeoutException exception)
        {
            var state = await EvaluateAsync("JSON.stringify({ ...state, socket: null, href: location.href })");
            throw new TimeoutException($"{exception.Message}\n{state}", exception);
        }
    }

    public Task NavigateAsync(string url) => SendAsync("Page.navigate", new { url });

    public Task ReloadAsync() => SendAsync("Page.reload", new { });

    /// <summary>Cuts the page off from the network, or connects it again.</summary>
    public async Task SetOfflineAsync(bool offline)
    {
        await SendAsync("Network.enable", new { });
        await SendAsync(
            "Network.emulateNetworkConditions", new { offline, latency = 0, downloadThroughput = -1, uploadThroughput = -1 });
    }

    /// <summary>Freezes the page, as Chromium does with a tab in the background, or lets it run again.</summary>
    public Task SetFrozenAsync(bool frozen) =>
        SendAsync("Page.setWebLifecycleState", new { state = frozen ? "frozen" : "active" });

    public async ValueTask DisposeAsync() => await browser.SendAsync("Target.closeTarget", new { targetId });

    private Task<JsonElement> SendAsync(string method, object parameters) => browser.SendAsync(method, parameters, sessionId);
}
