namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: the commands of every process.</summary>
public static class KnownResourceCommands
{
    /// <summary>Starts a process that does not run.</summary>
    public static readonly string StartCommand = "start";

    /// <summary>Ends a process that runs.</summary>
    public static readonly string StopCommand = "stop";

    /// <summary>Ends a process and starts it again.</summary>
    public static readonly string RestartCommand = "restart";
}
