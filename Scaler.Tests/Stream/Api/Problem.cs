using System.Text.Json;

namespace Scaler.Tests.Stream.Api;

/// <summary>Asserts the content of API responses.</summary>
internal static class ApiAssert
{
    /// <summary>Asserts that a response is a problem with a status, and that its detail contains some words.</summary>
    /// <returns>The detail.</returns>
    public static string AssertProblem(this (int Status, JsonElement Body) answer, int status, string words)
    {
        var detail = answer.Body.TryGetProperty("detail", out var value) ? value.GetString()! : answer.Body.ToString();
        Assert.True(status == answer.Status, $"Expected {status}, got {answer.Status}: {answer.Body}");
        Assert.Equal(status, answer.Body.GetProperty("status").GetInt32());
        Assert.NotEmpty(answer.Body.GetProperty("title").GetString()!);
        Assert.Contains(words, detail, StringComparison.Ordinal);
        return detail;
    }

    /// <summary>Asserts that a send reached the given numbers of connections and servers.</summary>
    public static void AssertReached(this (int Status, JsonElement Body) answer, int connections, int servers)
    {
        Assert.True(answer.Status == 200, answer.Body.ToString());
        Assert.Equal(
            (connections, servers, true, 0),
            (answer.Body.GetProperty("connections").GetInt32(), answer.Body.GetProperty("servers").GetInt32(),
                answer.Body.GetProperty("clusterReached").GetBoolean(), answer.Body.GetProperty("unreachable").GetArrayLength()));
    }
}
