using System.Reflection;

namespace Aspire.Hosting.Running;

/// <summary>Where the project of an AppHost is: the generated class <c>Projects.Its_Name</c> says so.</summary>
internal static class AppHostProject
{
    public static string FolderOf(Assembly assembly)
    {
        var name = assembly.GetName().Name!.Replace('.', '_').Replace('-', '_');
        var path = assembly.GetType($"Projects.{name}")?.GetProperty("ProjectPath")?.GetValue(null) as string;
        return path ?? Directory.GetCurrentDirectory();
    }
}
