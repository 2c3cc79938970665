using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Http;

/// <summary>Writes a refusal: <c>{"code":1,"message":"Session ID unknown"}</c>, or its message as text to a client that asked for a WebSocket.</summary>
internal static class EngineErrorResponse
{
    // The answer is JSON by its content type and never part of a page, so a message stays readable.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteAsync(HttpContext context, bool asText, int status, EngineError error, string message)
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

    private static void WriteJson(PooledBuffer body, EngineError error, string message)
    {
        using var json = new Utf8JsonWriter(body, Readable);
        json.WriteStartObject();
        json.WriteNumber("code"u8, (int)error);
        json.WriteString("message"u8, message);
        json.WriteEndObject();
    }
}
