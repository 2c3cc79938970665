using Microsoft.Extensions.DependencyInjection;
using Scaler.AppHost;

// Settings on the command line (--Replicas 5), in the environment (Ports__Stream=9000) or in appsettings.json:
// Replicas, Ports:Stream, Ports:Admin, Ports:Redis, Ports:Dashboard (0 takes any free port), ConnectionStrings:redis.
var builder = DistributedApplication.CreateBuilder(args);
if (Settings.FindProblem(builder.Configuration) is { } problem)
{
    Console.Error.WriteLine(problem);
    return 1;
}

var settings = new Settings(builder.Configuration);
settings.AssignDashboardPorts();

var redis = await builder.AddScalerRedisAsync(settings);
var secret = new GenerateParameterDefault { MinLength = 40, Special = false };
var adminToken = builder.AddParameter("admin-token", secret, secret: true);
var apiKey = builder.AddParameter("api-key", secret, secret: true);
var clusterSecret = builder.AddParameter("cluster-secret", secret, secret: true);

// Aspire's proxy adds no X-Forwarded-For, so the services must not believe that header.
var stream = builder.AddProject<Projects.Scaler_Stream>("stream")
    .WithReplicas(settings.Replicas)
    .WithEndpoint("http", endpoint => endpoint.Port = settings.ChoosePort("Stream", 8080))
    .WithExternalHttpEndpoints()
    .DisableForwardedHeaders()
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = ("/stream/", "Engine.IO"))
    .WithReference(redis)
    .WaitFor(redis)
    .WithEnvironment("Scaler__Api__Keys__0", apiKey)
    .WithEnvironment("Scaler__Cluster__Secret", clusterSecret)

    // Aspire gives up on a process that has not stopped after a few seconds, so a server must have closed its clients by then.
    .WithEnvironment("Scaler__Cluster__DrainBudget", "00:00:02")
    .WithDrainCommands(apiKey.Resource)
    .Announce("Engine.IO", "/stream/");

builder.AddProject<Projects.Scaler_Admin>("admin")
    .WithEndpoint("http", endpoint => endpoint.Port = settings.ChoosePort("Admin", 8081))
    .WithExternalHttpEndpoints()
    .DisableForwardedHeaders()
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => url.DisplayText = "Admin")
    .WithReference(redis)
    .WithReference(stream)
    .WaitFor(stream)
    .WithEnvironment("Scaler__Admin__Token", adminToken)
    .WithEnvironment("Scaler__Admin__DashboardUrl", settings.DashboardUrl)
    .WithEnvironment("Scaler__Cluster__Secret", clusterSecret)
    .Announce("Admin", "/login?t=", adminToken.Resource);

builder.Services.AddHostedService<FailureNotices>();
builder.Services.AddHostedService<EndWithParent>();

builder.Build().Run();
return 0;
