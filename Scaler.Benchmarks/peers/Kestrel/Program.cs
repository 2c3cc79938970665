using System.Collections.Concurrent;
using System.Net.WebSockets;

// The cost of the platform alone: WebSockets in ASP.NET Core, used as documented, without a protocol on top.
var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();
var sockets = new ConcurrentDictionary<WebSocket, SemaphoreSlim>();
var polls = new ConcurrentDictionary<string, TaskCompletionSource<byte[]>>();

app.UseWebSockets(new WebSocketOptions
{
    KeepAliveInterval = builder.Configuration.GetValue("KeepAliveInterval", TimeSpan.FromSeconds(25)),
    KeepAliveTimeout = TimeSpan.FromSeconds(20),
});

app.Map("/ws", async (HttpContext context) =>
{
    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    sockets[socket] = new SemaphoreSlim(1);
    var buffer = new byte[4096];
    try
    {
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                break;
            }

            await socket.SendAsync(
                buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }
    }
    catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
    {
        // The client is gone.
    }
    finally
    {
        sockets.TryRemove(socket, out _);
    }
});

// Writes are sequential per connection, and parallel across connections.
app.MapPost("/broadcast", async (HttpRequest request) =>
{
    var text = new byte[request.ContentLength!.Value];
    await request.Body.ReadExactlyAsync(text);
    var sends = new List<Task>(sockets.Count);
    foreach (var (socket, gate) in sockets)
    {
        var send = SendAsync(socket, gate, text);
        if (!send.IsCompletedSuccessfully)
        {
            sends.Add(send);
        }
    }

    await Task.WhenAll(sends);
});

// A poll waits until a message is posted.
app.MapGet("/poll", async (string id, HttpResponse response) =>
{
    var waiter = polls.GetOrAdd(id, _ => new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously));
    var text = await waiter.Task;
    polls.TryRemove(id, out _);
    response.ContentType = "text/plain; charset=UTF-8";
    response.ContentLength = text.Length;
    await response.Body.WriteAsync(text);
});
app.MapPost("/poll", async (string id, HttpRequest request, HttpResponse response) =>
{
    var text = new byte[request.ContentLength!.Value];
    await request.Body.ReadExactlyAsync(text);
    polls.GetOrAdd(id, _ => new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously))
        .TrySetResult(text);
    response.ContentType = "text/html";
    response.ContentLength = 2;
    await response.Body.WriteAsync("ok"u8.ToArray());
});

app.MapGet("/400", async (HttpResponse response) =>
{
    response.StatusCode = StatusCodes.Status400BadRequest;
    response.ContentType = "application/json";
    var body = "{\"code\":1,\"message\":\"Session ID unknown\"}"u8.ToArray();
    response.ContentLength = body.Length;
    await response.Body.WriteAsync(body);
});

app.MapGet("/health", () => "ok");
app.Run();

static async Task SendAsync(WebSocket socket, SemaphoreSlim gate, byte[] text)
{
    await gate.WaitAsync();
    try
    {
        await socket.SendAsync(text, WebSocketMessageType.Text, true, CancellationToken.None);
    }
    catch (WebSocketException)
    {
        // The client is gone. The receive loop of its connection detects this too.
    }
    finally
    {
        gate.Release();
    }
}
