using System.Text.Json;

namespace Scaler.Tests.Stream;

/// <summary>What the projects of the servers ask of the runtime. MSBuild passes a misspelt name over without a word.</summary>
public sealed class RuntimeSettingsTests
{
    [Theory]
    [InlineData("Scaler.Stream")]
    [InlineData("EngineIO.Echo")]
    public void Server_CollectsWithOneHeap_AndWaitsWithoutSpinning(string project)
    {
        var file = Path.Combine(AppContext.BaseDirectory, project + ".runtimeconfig.json");
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        var settings = json.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");

        Assert.False(settings.GetProperty("System.GC.Server").GetBoolean());
        Assert.Equal(0, settings.GetProperty("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit").GetInt32());
    }
}
