using System.Globalization;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>Raises <c>error::limit</c> when a client reaches an Engine.IO limit.</summary>
internal static class LimitErrorReporter
{
    public static void Raise(ErrorReporter errors, EngineIOOptions options, in EngineLimitReached reached)
    {
        var account = SessionState.Find(reached.Session)?.Connection?.Account.Name;
        errors.Raise(ErrorNames.Limit, account, reached.Session?.ConnectionId, account ?? "", Describe(options, reached));
    }

    private static string Describe(EngineIOOptions options, in EngineLimitReached reached) => reached.Limit switch
    {
        EngineLimit.Handshakes =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"handshakes per address: {options.MaxHandshakesPerAddress} in {options.HandshakeWindow}, "
                + $"from {reached.HttpContext?.Connection.RemoteIpAddress}"),
        EngineLimit.Messages =>
            string.Create(CultureInfo.InvariantCulture, $"messages per second: {options.MaxMessagesPerSecond}"),
        EngineLimit.Bytes =>
            string.Create(CultureInfo.InvariantCulture, $"bytes per second: {options.MaxBytesPerSecond}"),
        EngineLimit.Payload =>
            string.Create(CultureInfo.InvariantCulture, $"bytes of a message: {options.MaxPayload}"),
        EngineLimit.Packets =>
            string.Create(CultureInfo.InvariantCulture, $"packets of a payload: {options.MaxPacketsPerPayload}"),
        EngineLimit.Fragments =>
            string.Create(CultureInfo.InvariantCulture, $"fragments of a message: {options.MaxFragmentsPerMessage}"),
        EngineLimit.OpenFiles => "open files of the process",
        EngineLimit.Sessions => "sessions of the server",
        EngineLimit.TotalQueue => "bytes queued for all clients",
        EngineLimit.WebSockets => "WebSockets of the web server",
        _ =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"bytes or packets queued: {options.MaxQueuedBytes}, {options.MaxQueuedPackets}"),
    };
}
