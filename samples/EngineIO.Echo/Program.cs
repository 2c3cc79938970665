using Scaler.DirectSockets;
using Scaler.EngineIO;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseDirectSockets();
builder.Services.AddEngineIO<EchoHandler>(builder.Configuration.GetSection("EngineIO"));
var app = builder.Build();
app.MapEngineIO();

// Encodes the message once for all clients: curl -d hello http://localhost:5000/broadcast
app.MapPost("/broadcast", async (HttpRequest request, EngineServer server) =>
{
    using var text = new MemoryStream();
    await request.Body.CopyToAsync(text);
    using var message = EngineEncodedMessage.Create(text.ToArray(), EngineMessageKind.Text);
    foreach (var session in server.Sessions)
    {
        session.TrySend(message);
    }
});
app.Run();
