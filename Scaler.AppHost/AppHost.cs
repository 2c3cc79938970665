using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Scaler.AppHost;

// Settings, on the command line (--Replicas 5), in the environment (Ports__Stream=9000) or in appsettings.json:
// Replicas, Ports:Stream, Ports:Admin, Ports:Redis, Ports:Dashboard (0 is any free port), ConnectionStrings:redis.
var builder = DistributedApplication.CreateBuilder(args);
var ports = new Ports(builder.Configuration);
ports.ForDashboard();

var redis = await RedisChoice.MakeAsync(builder, ports);
var secret = new GenerateParameterDefault { MinLength = 40, Special = false };
var adminToken = builder.AddParameter("admin-token", secret, secret: true);
var apiKey = builder.AddParameter("api-key", secret, secret: true);
var clusterSecret = builder.AddParameter("cluster-secret", secret, secret: true);

// The proxies in front of the services add no X-Forwarded-For, so what a client says there is not to be believed.
var stream = builder.AddProject<Projects.Scaler_Stream>("stream")
    .WithReplicas(builder.Configuration.GetValue("Replicas", 3))
    .WithEndpoint("http", endpoint => endpoint.Port = ports.For("Stream", 8080))
    .WithExternalHttpEndpoints()
    .DisableForwardedHeaders()
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = ("/stream/", "Engine.IO"))
    .WithReference(redis.Connection)
    .WithEnvironment("Scaler__Api__Keys__0", apiKey)
    .WithEnvironment("Scaler__Cluster__Secret", clusterSecret)

    // What Ctrl+C starts ends all processes within ten seconds; a server's farewell has to fit into that.
    .WithEnvironment("Scaler__Cluster__DrainBudget", "00:00:04");

var admin = builder.AddProject<Projects.Scaler_Admin>("admin")
    .WithEndpoint("http", endpoint => endpoint.Port = ports.For("Admin", 8081))
    .WithExternalHttpEndpoints()
    .DisableForwardedHeaders()
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => url.DisplayText = "Admin")
    .WithReference(redis.Connection)
    .WithReference(stream)
    .WithEnvironment("Scaler__Admin__Token", adminToken)
    .WithEnvironment("Scaler__Admin__DashboardUrl", ports.Dashboard)
    .WithEnvironment("Scaler__Cluster__Secret", clusterSecret)
    .WaitFor(stream);

if (redis.Server is { } server) stream.WaitFor(server);

builder.Services.AddHostedService<EndWithParent>();
builder.Services.AddSingleton(redis);
builder.Services.AddHostedService<RedisNotice>();
builder.Services.AddSingleton(new Announcement("stream", "Engine.IO", async token => $"{await Url(stream, token)}/stream/"));
builder.Services.AddSingleton(new Announcement("admin", "Admin", async token =>
    $"{await Url(admin, token)}/login?t={await adminToken.Resource.GetValueAsync(token)}"));
builder.Services.AddHostedService<Announcer>();

builder.Build().Run();

static ValueTask<string?> Url(IResourceBuilder<ProjectResource> project, CancellationToken cancellationToken) =>
    project.GetEndpoint("http").GetValueAsync(cancellationToken);
