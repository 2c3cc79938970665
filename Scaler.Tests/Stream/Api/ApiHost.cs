using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Scaler.Stream.Api;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Stream.Api;

/// <summary>Hosts a server with the send API in this process, set up like Scaler.Stream, on a free loopback port.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const string Key = "0123456789-test-key-0123456789abcdef";

    private readonly WebApplication _app;
    private readonly FakeLoggerProvider _logs;

    private ApiHost(WebApplication app, FakeLoggerProvider logs)
    {
        (_app, _logs) = (app, logs);
        Url = app.Urls.Single();
        Client = new HttpClient { BaseAddress = new Uri(Url) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public string Url { get; }

    public int Port => new Uri(Url).Port;

    /// <summary>Gets an HTTP client that sends the first key.</summary>
    public HttpClient Client { get; }

    public ScalerServer Server => _app.Services.GetRequiredService<ScalerServer>();

    public IReadOnlyList<FakeLogRecord> Logs => _logs.Collector.GetSnapshot();

    public static async Task<ApiHost> StartAsync(IConnectionMultiplexer redis, string prefix, params (string Key, string? Value)[] settings)
    {
        var logs = new FakeLoggerProvider();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        var all = new Dictionary<string, string?>
        {
            ["Scaler:Prefix"] = prefix,
            ["Scaler:Cluster:DrainBudget"] = TimeSpan.Zero.ToString("c", CultureInfo.InvariantCulture),

            // The timeouts of ScalerTestServer.
            ["Scaler:Cluster:RegistrationTimeout"] = TimeSpan.FromSeconds(10).ToString("c", CultureInfo.InvariantCulture),
            ["Scaler:Cluster:ForwardConnectTimeout"] = TimeSpan.FromSeconds(10).ToString("c", CultureInfo.InvariantCulture),
            ["Scaler:Cluster:SendTimeout"] = Deadline.DefaultTimeout.ToString("c", CultureInfo.InvariantCulture),
            ["Scaler:Api:Keys:0"] = Key,
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        builder.Configuration.AddInMemoryCollection(all.Where(static setting => setting.Value is not null));
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(redis);
        builder.Services.AddScaler();
        builder.AddApi();
        var app = builder.Build();
        app.MapScaler();
        app.MapApi();
        await app.StartAsync();
        return new ApiHost(app, logs);
    }

    /// <summary>Sends a POST request.</summary>
    public Task<(int Status, JsonElement Body)> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<(int Status, JsonElement Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<(int Status, JsonElement Body)> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public async Task<(int Status, JsonElement Body)> SendAsync(
        HttpMethod method, string path, string? body = null, string contentType = "application/json", Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        change?.Invoke(request);
        using var response = await Client.SendAsync(request);
        var status = (int)response.StatusCode;
        Assert.Equal(
            status == 200 ? "application/json" : "application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return (status, json.RootElement.Clone());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
