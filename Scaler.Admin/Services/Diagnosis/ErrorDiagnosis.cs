using Scaler.Admin.Services.Live;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Services.Diagnosis;

/// <summary>Reads the last minute's errors for where they come from.</summary>
internal static class ErrorDiagnosis
{
    // Below this a client or two have sent something odd, which is no reason to wake up.
    private const int Few = 6;
    private const double Most = 0.6;

    public static IEnumerable<Finding> Of(ErrorSnapshot errors)
    {
        foreach (var (name, count) in errors.Rates.OrderByDescending(type => type.Value))
        {
            if (count < Few && !(name == ErrorNames.Connect && count > 0))
            {
                continue;
            }

            // The rate counts all; what is kept may be less, and is enough to tell where they come from.
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
        ErrorNames.Connect => "New connections can't be stored in Redis, so other servers don't find them. ",
        ErrorNames.Disconnect => "Closed connections could not be removed from Redis; they expire by themselves, until then some sends go nowhere. ",
        ErrorNames.Json => "Clients send what is no JSON: a client of another protocol, a broken release, or somebody probing. ",
        ErrorNames.Invalid => "Clients send JSON that is no object: most likely a client that does not know the message format. ",
        ErrorNames.Validation => "Clients send events that are unknown or refused by their validator: client and server may disagree on a version. ",
        ErrorNames.Handler => "The application's own code throws on an event: its log has the stack. ",
        ErrorNames.Limit => "Clients ask for more than they are allowed: a loop that connects or sends without end, or a limit that is too low. ",
        _ => "",
    };

    private static string Example(ScalerError[] recent) => recent is [var last, ..]
        ? $"The last: {Format.Cut(string.Join(" · ", last.Arguments.Select(Printable.Text)), 160)}"
        : "";

    private static string Where(Share? account, Share? server) => (account, server) switch
    {
        ({ } one, _) => $", {one.Percent} from account {Format.Cut(Printable.Text(one.Key), 60)}",
        (_, { Part: < 1 } one) => $", {one.Percent} on server {one.Key}",
        _ => "",
    };

    private static Share? Dominant(ScalerError[] errors, Func<ScalerError, string?> by)
    {
        var top = errors.GroupBy(by).Where(group => group.Key is not null).MaxBy(group => group.Count());
        return top is not null && top.Count() >= Most * errors.Length ? new Share(top.Key!, (double)top.Count() / errors.Length) : null;
    }

    private sealed record Share(string Key, double Part)
    {
        public string Percent => Part >= 1 ? "all" : $"{Part * 100:0} %";
    }
}
