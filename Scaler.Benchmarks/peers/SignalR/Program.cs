using Microsoft.AspNetCore.SignalR;

var builder = WebApplication.CreateBuilder(args);
var signalR = builder.Services.AddSignalR(options => options.KeepAliveInterval = TimeSpan.FromSeconds(25));
if (builder.Configuration.GetConnectionString("redis") is { } redis)
{
    signalR.AddStackExchangeRedis(redis);
}

var app = builder.Build();
app.MapHub<MessageHub>("/hub");
app.MapPost("/broadcast", async (HttpRequest request, IHubContext<MessageHub> hub) =>
    await hub.Clients.All.SendAsync("echo", await ReadAsync(request)));
app.MapGet("/health", () => "ok");
app.Run();

static async Task<string> ReadAsync(HttpRequest request)
{
    using var reader = new StreamReader(request.Body);
    return await reader.ReadToEndAsync();
}

/// <summary>Echoes messages, and adds each connection to the group of its account.</summary>
internal sealed class MessageHub : Hub
{
    public override Task OnConnectedAsync()
    {
        var account = Context.GetHttpContext()!.Request.Query["account"].ToString();
        Context.Items["account"] = account;
        return Groups.AddToGroupAsync(Context.ConnectionId, account);
    }

    public Task Echo(string text) => Clients.Caller.SendAsync("echo", text);

    public Task Chat(string text) => Clients.OthersInGroup((string)Context.Items["account"]!).SendAsync("chat", text);
}
