using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using Scaler.Tests.Admin.Helpers;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.RealClients;

/// <summary>
/// A headless Chromium process, controlled over the DevTools protocol. Playwright is of no use here: it keeps each page
/// visible, so that no page can be frozen, and disables the back-forward cache.
/// </summary>
internal sealed class Chromium : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _calls = new();
    private readonly SemaphoreSlim _sending = new(1);
    private Task _receiving = Task.CompletedTask;
    private int _lastId;

    private Chromium(Process process, DirectoryInfo profile) => (_process, _profile) = (process, profile);

    /// <summary>Starts the browser, which accepts the certificates of the proxies under test.</summary>
    public static async Task<Chromium> StartAsync()
    {
        var profile = Directory.CreateTempSubdirectory("scaler-chromium-");
        var process = Process.Start(new ProcessStartInfo(ChromiumFactAttribute.Path,
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors", "--no-first-run",
            "--remote-debugging-port=0", $"--user-data-dir={profile.FullName}", "about:blank",
        ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        process.BeginOutputReadLine();
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            const string Prefix = "DevTools listening on ";
            if (line.Data?.StartsWith(Prefix, StringComparison.Ordinal) == true)
            {
                listening.TrySetResult(line.Data[Prefix.Length..]);
            }
        };
        process.BeginErrorReadLine();
        var browser = new Chromium(process, profile);
        var address = new Uri(await listening.Task.WithTimeout("Chromium to listen"));
        await browser._socket.ConnectAsync(address, default).WithTimeout();
        browser._receiving = browser.ReceiveAsync();
        return browser;
    }

    /// <summary>Opens a page.</summary>
    public async Task<ChromiumPage> OpenAsync(string url)
    {
        var target = (await SendAsync("Target.createTarget", new { url })).GetProperty("targetId").GetString()!;
        var attached = await SendAsync("Target.attachToTarget", new { targetId = target, flatten = true });
        return new ChromiumPage(this, target, attached.GetProperty("sessionId").GetString()!);
    }

    /// <summary>Calls a method of the DevTools protocol.</summary>
    /// <returns>The result, or the error of the method.</returns>
    public async Task<JsonElement> SendAsync(string method, object parameters, string? sessionId = null)
    {
        var id = Interlocked.Increment(ref _lastId);
        var call = _calls[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = JsonSerializer.SerializeToUtf8Bytes(sessionId is null
            ? (object)new { id, method, @params = parameters } : new { id, method, @params = parameters, sessionId });
        await _sending.WaitAsync().WithTimeout();
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, true, default).WithTimeout();
        }
        finally
        {
            _sending.Release();
        }

        return await call.Task.WithTimeout(method);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().WithTimeout();
        await _receiving.WithTimeout("the DevTools connection to end");
        _process.Dispose();
        _socket.Dispose();
        _sending.Dispose();
        await Deadline.WaitUntilAsync(DeletesProfile, what: "the processes of Chromium to end");
    }

    private async Task ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        try
        {
            while (_socket.State == WebSocketState.Open)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), default);
                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage && part.MessageType == WebSocketMessageType.Text)
                {
                    using var document = JsonDocument.Parse(message.GetBuffer().AsMemory(0, (int)message.Length));
                    Complete(document.RootElement);
                    message.SetLength(0);
                }
            }
        }
        catch (WebSocketException)
        {
            // The browser was killed.
        }
    }

    private void Complete(JsonElement message)
    {
        if (message.TryGetProperty("id", out var id) && _calls.TryRemove(id.GetInt32(), out var call))
        {
            call.TrySetResult((message.TryGetProperty("result", out var result) ? result : message).Clone());
        }
    }

    private bool DeletesProfile()
    {
        try
        {
            _profile.Delete(recursive: true);
            return true;
        }
        catch (IOException)
        {
            // A process that is about to exit still writes to the profile.
            return false;
        }
    }
}
