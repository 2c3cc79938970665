namespace Scaler.Tests.Helpers;

/// <summary>
/// A theory that runs Debian's python3-engineio and python3-socketio. Skipped with a reason if a package is not installed.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonTheoryAttribute : TheoryAttribute
{
    /// <summary>The interpreter that sees Debian's packages, unlike another one that may come first on the path.</summary>
    public const string Interpreter = "/usr/bin/python3";

    /// <summary>The packages that <c>apt-get install</c> provides.</summary>
    public static readonly string[] Packages = ["python3-engineio", "python3-requests", "python3-socketio", "python3-websocket"];

    private static readonly string[] Modules = ["engineio", "requests", "socketio", "websocket"];

    public PythonTheoryAttribute() => Skip = SkipReason;

    /// <summary>Gets the reason for skipping the tests, or <see langword="null"/>.</summary>
    public static string? SkipReason { get; } =
        ExternalTool.IsCI || Modules.All(static module => Path.Exists($"/usr/lib/python3/dist-packages/{module}"))
            ? null : $"A package is missing: apt-get install {string.Join(' ', Packages)}";
}
