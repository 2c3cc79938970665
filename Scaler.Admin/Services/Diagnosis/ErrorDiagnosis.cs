using Scaler.Admin.Services.Live;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Services.Diagnosis;

/// <summary>
/// Detects error types that are frequent in the last minute, and the account or server that causes most of them.
/// </summary>
internal static class ErrorDiagnosis
{
    // A few errors are noise from individual clients and not worth an alert.
    private const int MinCount = 6;
    private const double DominantPart = 0.6;

    public static IEnumerable<Finding> Diagnose(ErrorSnapshot errors)
    {
        foreach (var (name, count) in errors.Rates.OrderByDescending(type => type.Value))
        {
            if (count < MinCount && !(name == ErrorNames.Connect && count > 0))
            {
                continue;
            }

            // The rate counts all errors. The kept errors may be fewer, but are enough to find the source.
            var recent = errors.Errors.Where(error => error.Name == name && errors.At - error.At < TimeSpan.FromMinutes(1)).ToArray();
            var account = Dominant(recent, error => error.Account);
            var server = Dominant(recent, error => error.Server);
            yield return new Finding(
                name == ErrorNames.Connect ? Severity.Critical : ErrorNames.IsCritical(name) ? Severity.Warning : Severity.Note,
                $"{name}: {Format.Count(count)} in the last minute{Where(account, server)}",
                Meaning(name) + Example(recent),
                Links.Errors(new ErrorFilter(name, Account: account?.Key, Server: account is null ? server?.Key : null)),
                "These errors");
        }
    }

    private static string Meaning(string name) => name switch
    {
        ErrorNames.Connect => "New connections can't be stored in Redis, so other servers can't find them. ",
        ErrorNames.Disconnect => "Closed connections could not be removed from Redis. Until they expire, some messages are sent to closed connections. ",
        ErrorNames.Json => "Clients send invalid JSON: a client of another protocol, a broken release, or a scanner. ",
        ErrorNames.Invalid => "Clients send JSON that is not an object. Most likely, a client does not implement the message format. ",
        ErrorNames.Validation => "Clients send events that are unknown or fail validation. Client and server versions may not match. ",
        ErrorNames.Handler => "An application event handler throws. See the application log for the stack trace. ",
        ErrorNames.Limit => "Clients exceed a limit. Either a client connects or sends in a loop, or the limit is too low. ",
        _ => "",
    };

    private static string Example(ScalerError[] recent) => recent is [var last, ..]
        ? $"Most recent: {Format.Truncate(string.Join(" · ", last.Arguments.Select(Printable.Escape)), 160)}"
        : "";

    private static string Where(Share? account, Share? server) => (account, server) switch
    {
        ({ } one, _) => $", {one.Percent} from account {Format.Truncate(Printable.Escape(one.Key), 60)}",
        (_, { Part: < 1 } one) => $", {one.Percent} on server {one.Key}",
        _ => "",
    };

    private static Share? Dominant(ScalerError[] errors, Func<ScalerError, string?> by)
    {
        var top = errors.GroupBy(by).Where(group => group.Key is not null).MaxBy(group => group.Count());
        return top is not null && top.Count() >= DominantPart * errors.Length ? new Share(top.Key!, (double)top.Count() / errors.Length) : null;
    }

    private sealed record Share(string Key, double Part)
    {
        public string Percent => Part >= 1 ? "all" : $"{Part * 100:0} %";
    }
}
