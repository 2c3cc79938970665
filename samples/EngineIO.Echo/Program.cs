using Scaler.EngineIO;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddEngineIO<EchoHandler>(builder.Configuration.GetSection("EngineIO"));
var app = builder.Build();
app.MapEngineIO();
app.Run();
