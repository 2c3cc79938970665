using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Scaler.EngineIO.Buffers;

namespace Scaler.EngineIO.Http;

/// <summary>
/// Writes an error response: JSON such as <c>{"code":1,"message":"Session ID unknown"}</c>, or, for a WebSocket request, only the
/// message as plain text.
/// </summary>
internal static class EngineErrorResponse
{
    // Relaxed escaping keeps messages readable. It is safe: the response has a JSON content type and is never embedded in a page.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteAsync(HttpContext context, bool asText, int status, EngineErrorCode error, string message)
    {
        var response = context.Response;
        response.StatusCode = status;
        using var body = new PooledBuffer(256);
        if (asText)
        {
            response.ContentType = "text/plain; charset=UTF-8";
            if (!HttpProtocol.IsHttp2(context.Request.Protocol))
            {
                response.Headers.Connection = "close";
            }

            Encoding.UTF8.GetBytes(message, body);
        }
        else
        {
            response.ContentType = "application/json";
            WriteJson(body, error, message);
        }

        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body.Memory, context.RequestAborted);
    }

    private static void WriteJson(PooledBuffer body, EngineErrorCode error, string message)
    {
        using var json = new Utf8JsonWriter(body, WriterOptions);
        json.WriteStartObject();
        json.WriteNumber("code"u8, (int)error);
        json.WriteString("message"u8, message);
        json.WriteEndObject();
    }
}
