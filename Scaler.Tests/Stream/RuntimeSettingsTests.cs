using System.Text.Json;

namespace Scaler.Tests.Stream;

/// <summary>Tests the runtime settings of the server projects. MSBuild silently ignores a misspelled property.</summary>
public sealed class RuntimeSettingsTests
{
    [Theory]
    [InlineData("Scaler.Stream")]
    [InlineData("EngineIO.Echo")]
    public void RuntimeConfig_OfAServer_UsesWorkstationGcWithoutThreadPoolSpinning(string project)
    {
        var file = Path.Combine(AppContext.BaseDirectory, project + ".runtimeconfig.json");
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        var settings = json.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");

        Assert.False(settings.GetProperty("System.GC.Server").GetBoolean());
        Assert.Equal(0, settings.GetProperty("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit").GetInt32());
    }
}
