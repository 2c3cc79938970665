using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Scaler.Admin.Services.Cluster;
using Scaler.Admin.Services.Live;

namespace Scaler.Admin.Export;

/// <summary>
/// Maps the endpoints that export accounts and errors as files. Files are streamed page by page, so a million accounts do not
/// need memory. If Redis fails during an export, the connection is aborted, so a partial file cannot pass for a complete one.
/// </summary>
internal static partial class ExportEndpoints
{
    private const int PageSize = 1000;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = false };

    public static void MapExport(this IEndpointRouteBuilder endpoints)
    {
        var export = endpoints.MapGroup("/export");
        export.MapGet("/accounts.{format:regex(^(csv|json)$)}", AccountsAsync);
        export.MapGet("/errors.{format:regex(^(csv|json)$)}", ErrorsAsync);
    }

    private static async Task AccountsAsync(HttpContext context, IClusterView view, ILogger<ClusterMonitor> logger, string format, string? q)
    {
        await WriteAsync(
            context, logger, "accounts", format,
            AccountPagesAsync(view, q ?? "", context.RequestAborted),
            Csv.FormatLine("account", "connections", "servers"),
            account => Csv.FormatLine(account.Name, account.Connections.ToString(CultureInfo.InvariantCulture), string.Join(' ', account.Servers)));
    }

    private static async Task ErrorsAsync(
        HttpContext context, IClusterView view, ILogger<ClusterMonitor> logger, string format, string? type, bool? critical, string? account, string? server, string? text)
    {
        var filter = new ErrorFilter(type, critical ?? false, account, server, text);
        await WriteAsync(
            context, logger, "errors", format,
            ErrorPagesAsync(view, filter, context.RequestAborted),
            Csv.FormatLine("at", "name", "critical", "late", "server", "account", "connection", "arguments"),
            error => Csv.FormatLine(
                error.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), error.Name, error.IsCritical ? "yes" : "no", error.Late ? "yes" : "no",
                error.Server, error.Account, error.ConnectionId, JsonSerializer.Serialize(error.Arguments, Json)));
    }

    private static async IAsyncEnumerable<IReadOnlyList<AccountInfo>> AccountPagesAsync(
        IClusterView view, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await view.GetAccountsAsync(prefix, after, PageSize, cancellationToken);
            yield return page.Accounts;
            after = page.Next;
        }
        while (after is not null);
    }

    private static async IAsyncEnumerable<IReadOnlyList<ScalerError>> ErrorPagesAsync(
        IClusterView view, ErrorFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var errors = await view.GetRecentErrorsAsync(ErrorFeed.Capacity, cancellationToken);
        yield return [.. errors.Where(filter.Matches)];
    }

    private static async Task WriteAsync<T>(
        HttpContext context, ILogger logger, string name, string format, IAsyncEnumerable<IReadOnlyList<T>> pages, string header, Func<T, string> line)
    {
        var isCsv = format == "csv";
        var rows = 0;
        try
        {
            await foreach (var page in pages)
            {
                if (!context.Response.HasStarted)
                {
                    context.Response.ContentType = isCsv ? "text/csv; charset=utf-8" : "application/json; charset=utf-8";
                    context.Response.Headers.ContentDisposition = $"attachment; filename=scaler-{name}.{format}";
                    context.Response.Headers.CacheControl = "no-store";
                    await context.Response.WriteAsync(isCsv ? header : "[", context.RequestAborted);
                }

                var text = new StringBuilder();
                foreach (var row in page)
                {
                    text.Append(isCsv ? line(row) : (rows == 0 ? "" : ",\n") + JsonSerializer.Serialize(row, Json));
                    rows++;
                }

                await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
            }

            await context.Response.WriteAsync(isCsv ? "" : "]\n", context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
        }
        catch (Exception exception) when (Outage.IsOutage(exception))
        {
            Log.Interrupted(logger, name, Outage.Describe(exception));
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            await Results.Problem($"Redis is unavailable: {Outage.Describe(exception)}", statusCode: StatusCodes.Status503ServiceUnavailable).ExecuteAsync(context);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The export of {Name} failed: {Reason}")]
        public static partial void Interrupted(ILogger logger, string name, string reason);
    }
}
