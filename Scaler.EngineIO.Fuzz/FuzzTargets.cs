using Scaler.EngineIO.Fuzz.Targets;

namespace Scaler.EngineIO.Fuzz;

/// <summary>Lists all targets by name. The command line and the corpus folders use the same names.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyDictionary<string, FuzzTarget> All { get; } =
        new SortedDictionary<string, FuzzTarget>(StringComparer.Ordinal)
        {
            ["base64"] = Base64Target.Run,
            ["close-payload"] = ClosePayloadTarget.Run,
            ["deflate-offer"] = DeflateOfferTarget.Run,
            ["frame-header"] = FrameHeaderTarget.Run,
            ["frame-stream"] = FrameStreamTarget.Run,
            ["jsonp-form"] = JsonpFormTarget.Run,
            ["jsonp-script"] = JsonpScriptTarget.Run,
            ["utf8"] = Utf8Target.Run,
            ["v3-binary"] = V3BinaryTarget.Run,
            ["v3-packet"] = V3PacketTarget.Run,
            ["v3-text"] = V3TextTarget.Run,
            ["v4-packet"] = V4PacketTarget.Run,
            ["v4-payload"] = V4PayloadTarget.Run,
            ["websocket-key"] = WebSocketKeyTarget.Run,
        };
}
