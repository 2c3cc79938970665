using System.Net;
using System.Text;

namespace Scaler.Tests.Helpers;

/// <summary>An HTTP response whose body has been read completely.</summary>
internal sealed record EngineResponse(HttpStatusCode Status, byte[] Bytes, IReadOnlyDictionary<string, string> Headers)
{
    public int StatusCode => (int)Status;

    public string Text => Encoding.UTF8.GetString(Bytes);

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public void AssertError(int status, int code, string message)
    {
        Assert.Equal($"{{\"code\":{code},\"message\":\"{message}\"}}", Text);
        Assert.Equal(status, StatusCode);
        Assert.Equal("application/json", Header("Content-Type"));
    }

    public void AssertBody(int status, string text)
    {
        Assert.Equal(text, Text);
        Assert.Equal(status, StatusCode);
    }
}
