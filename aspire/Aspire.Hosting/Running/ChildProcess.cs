using System.Diagnostics;

namespace Aspire.Hosting.Running;

/// <summary>How the processes of an application are started.</summary>
internal static class ChildProcess
{
    /// <summary>
    /// A command that Ctrl+C doesn't reach. A terminal sends it to all processes at once, and those that others need in
    /// order to end well would be gone first; this process ends them in their order. The shell replaces itself by the
    /// command, which inherits what it ignores.
    /// </summary>
    public static ProcessStartInfo Describe(string command, params string[] arguments)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(command, arguments)
            : new ProcessStartInfo("/bin/sh", ["-c", "trap '' INT QUIT; exec \"$0\" \"$@\"", command, .. arguments]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return start;
    }
}
