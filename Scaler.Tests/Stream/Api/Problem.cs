using System.Text.Json;

namespace Scaler.Tests.Stream.Api;

/// <summary>Looks at problem details.</summary>
internal static class Problem
{
    /// <summary>Demands a problem of this status, whose detail holds these words; gives the detail.</summary>
    public static string IsProblem(this (int Status, JsonElement Body) answer, int status, string words)
    {
        var detail = answer.Body.TryGetProperty("detail", out var given) ? given.GetString()! : answer.Body.ToString();
        Assert.True(status == answer.Status, $"Wanted {status}, got {answer.Status}: {answer.Body}");
        Assert.Equal(status, answer.Body.GetProperty("status").GetInt32());
        Assert.NotEmpty(answer.Body.GetProperty("title").GetString()!);
        Assert.Contains(words, detail, StringComparison.Ordinal);
        return detail;
    }

    /// <summary>Demands a send's result.</summary>
    public static void Reached(this (int Status, JsonElement Body) answer, int connections, int servers)
    {
        Assert.True(answer.Status == 200, answer.Body.ToString());
        Assert.Equal(
            (connections, servers, true, 0),
            (answer.Body.GetProperty("connections").GetInt32(), answer.Body.GetProperty("servers").GetInt32(),
                answer.Body.GetProperty("clusterReached").GetBoolean(), answer.Body.GetProperty("unreachable").GetArrayLength()));
    }
}
