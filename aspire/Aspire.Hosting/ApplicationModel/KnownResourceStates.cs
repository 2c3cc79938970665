namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: the states that resources take here.</summary>
public static class KnownResourceStates
{
    /// <summary>Not yet started.</summary>
    public static readonly string NotStarted = nameof(NotStarted);

    /// <summary>Waits for another resource.</summary>
    public static readonly string Waiting = nameof(Waiting);

    /// <summary>Its process is being started.</summary>
    public static readonly string Starting = nameof(Starting);

    /// <summary>Its process runs.</summary>
    public static readonly string Running = nameof(Running);

    /// <summary>Its process was asked to end.</summary>
    public static readonly string Stopping = nameof(Stopping);

    /// <summary>What a container becomes when it ends; no resource here does.</summary>
    public static readonly string Exited = nameof(Exited);

    /// <summary>Its process ended: by itself, killed, or asked to.</summary>
    public static readonly string Finished = nameof(Finished);

    /// <summary>Its process could not be started.</summary>
    public static readonly string FailedToStart = nameof(FailedToStart);

    /// <summary>It has no value: nobody configured one.</summary>
    public static readonly string ValueMissing = nameof(ValueMissing);

    /// <summary>The states after which nothing runs any more.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}
