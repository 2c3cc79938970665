namespace Scaler.EngineIO;

/// <summary>
/// A request feature by which the host ends a held poll request early, for example because the server that forwarded the request
/// is about to stop. The poll request is answered with a noop packet, and the session continues.
/// </summary>
public interface IPollReleaseFeature
{
    /// <summary>Registers the callback that releases the held poll request.</summary>
    /// <param name="release">
    /// The callback. It is idempotent and does not block. It is invoked immediately if the release was already requested.
    /// </param>
    void OnReleaseRequested(Action release);
}
