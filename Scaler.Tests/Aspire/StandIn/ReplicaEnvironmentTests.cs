using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;

namespace Scaler.Tests.Aspire.StandIn;

public sealed class ReplicaEnvironmentTests
{
    [Fact]
    public async Task Apply_GivesItsPortItsReferencesAndItsTelemetry()
    {
        var builder = DistributedApplication.CreateBuilder([]);
        var secret = builder.AddParameter("secret", new GenerateParameterDefault(), secret: true);
        var redis = builder.AddConnectionString("redis", ReferenceExpression.Create($"127.0.0.1:{secret}"));
        var other = builder.AddResource(new ProjectResource("other-one")).WithHttpEndpoint();
        other.Resource.Annotations.OfType<EndpointAnnotation>().Single().AllocatedPort = 4711;
        var project = builder.AddResource(new ProjectResource("it")).WithHttpEndpoint().WithReference(redis).WithReference(other)
            .WithEnvironment("TEXT", "text")
            .WithEnvironment("SECRET", secret)
            .WithEnvironment("MIXED", $"<{secret}>")
            .WithEnvironment("URL", other.GetEndpoint("http"))
            .WithArgs("--one", "two");
        var start = new ProcessStartInfo("it");

        var given = await ApplyAsync(project.Resource, start, new() { Endpoint = "http://localhost:1", ApiKey = "key" });

        var value = await secret.Resource.GetValueAsync(CancellationToken.None);
        Assert.Equal("http://localhost:25001", start.Environment["ASPNETCORE_URLS"]);
        Assert.Equal("true", start.Environment["ASPNETCORE_FORWARDEDHEADERS_ENABLED"]);
        Assert.Equal($"127.0.0.1:{value}", start.Environment["ConnectionStrings__redis"]);
        Assert.Equal("http://localhost:4711", start.Environment["services__other-one__http__0"]);
        Assert.Equal("http://localhost:4711", start.Environment["OTHER_ONE_HTTP"]);
        Assert.Equal("text", start.Environment["TEXT"]);
        Assert.Equal(value, start.Environment["SECRET"]);
        Assert.Equal($"<{value}>", start.Environment["MIXED"]);
        Assert.Equal("http://localhost:4711", start.Environment["URL"]);
        Assert.Equal("http://localhost:1", start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal("x-otlp-api-key=key", start.Environment["OTEL_EXPORTER_OTLP_HEADERS"]);
        Assert.Equal("it", start.Environment["OTEL_SERVICE_NAME"]);
        Assert.Equal("service.instance.id=abc", start.Environment["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.False(start.Environment.ContainsKey("HTTP_PORTS"));
        Assert.Equal(["--one", "two"], start.ArgumentList);
        Assert.True(start.Environment.ContainsKey("PATH"));
        Assert.DoesNotContain(given, v => v.Name == "PATH");
    }

    [Fact]
    public async Task Apply_WhatConfiguresTheAppHost_IsNotInherited()
    {
        const string name = "ASPIRE_ENVIRONMENT_TEST";
        Environment.SetEnvironmentVariable(name, "1");
        var start = new ProcessStartInfo("it");

        await ApplyAsync(new ProjectResource("it"), start, new());

        Assert.DoesNotContain(start.Environment.Keys, k => k is name or "DOTNET_ENVIRONMENT" or "ASPNETCORE_ENVIRONMENT");
        Assert.DoesNotContain(start.Environment.Keys, k => k.StartsWith("OTEL_", StringComparison.Ordinal));
        Environment.SetEnvironmentVariable(name, null);
    }

    [Fact]
    public async Task Apply_ForwardedHeadersDisabled_AreNotTurnedOn()
    {
        var builder = DistributedApplication.CreateBuilder([]);
        var project = builder.AddResource(new ProjectResource("it")).DisableForwardedHeaders();
        var start = new ProcessStartInfo("it");

        await ApplyAsync(project.Resource, start, new());

        Assert.False(start.Environment.ContainsKey("ASPNETCORE_FORWARDEDHEADERS_ENABLED"));
    }

    private static async Task<IReadOnlyList<EnvironmentVariableSnapshot>> ApplyAsync(
        ProjectResource project, ProcessStartInfo start, TelemetryTarget telemetry)
    {
        var environment = new ReplicaEnvironment(new(DistributedApplicationOperation.Run), telemetry);
        using var replica = new Replica(project, "abc", new Dictionary<string, int> { ["http"] = 25001 }, null!);
        return await environment.ApplyAsync(replica, start, CancellationToken.None);
    }
}
