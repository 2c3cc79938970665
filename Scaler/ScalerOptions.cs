using System.Text.Json;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>How a Scaler server behaves. Bind it to the configuration section <see cref="Section"/>.</summary>
public sealed class ScalerOptions
{
    /// <summary>The configuration section that these options are bound to by convention: <c>Scaler</c>.</summary>
    public const string Section = "Scaler";

    /// <summary>Where clients connect, with and without the slash at its end. Default <c>/stream/</c>.</summary>
    public string Path { get; set; } = "/stream/";

    /// <summary>What every key and channel in Redis begins with; servers with the same prefix are one cluster. Letters, digits, <c>-</c>, <c>_</c>, <c>.</c> and <c>:</c>. Default <c>scaler</c>.</summary>
    public string Prefix { get; set; } = "scaler";

    /// <summary>Whether a message whose event has no handler raises <c>error::validation</c>. Default false: it is ignored.</summary>
    public bool Strict { get; set; }

    /// <summary>The longest account name, in characters. 1 to 1,024; default 256.</summary>
    public int MaxAccountLength { get; set; } = 256;

    /// <summary>Connections that an account may have in the whole cluster. 0, the default, means any number. One more is closed at once.</summary>
    public int MaxConnectionsPerAccount { get; set; }

    /// <summary>Characters of a client's message that an error event carries at most. 0 to 1,000,000; default 4,096.</summary>
    public int MaxErrorMessageLength { get; set; } = 4096;

    /// <summary>Who may connect, and as whom.</summary>
    public ScalerAuthOptions Auth { get; set; } = new();

    /// <summary>
    /// The application's word on who may connect: called once for each handshake, after the token has been verified where there is one, before a session
    /// exists and before a 101. A refusal is answered with 403 and its message. Default: everybody. Not bound from configuration.
    /// <example><code>
    /// options.AuthorizeAsync = async context => await tickets.IsForAsync(context.HttpContext.Request.Query["ticket"], context.Account)
    ///     ? EngineAuthorization.Allow
    ///     : EngineAuthorization.Refuse("Forbidden: the ticket is not for this account");
    /// </code></example>
    /// </summary>
    public Func<ScalerAuthorizationContext, ValueTask<EngineAuthorization>>? AuthorizeAsync { get; set; }

    /// <summary>How Redis is spoken to.</summary>
    public ScalerRedisOptions Redis { get; set; } = new();

    /// <summary>How the server takes part in its cluster.</summary>
    public ScalerClusterOptions Cluster { get; set; } = new();

    /// <summary>How the server speaks Engine.IO. Its path, id generator and handlers are Scaler's; everything else is yours.</summary>
    public EngineIOOptions EngineIO { get; set; } = new();

    /// <summary>How arguments become JSON and back. Default: <see cref="JsonSerializerDefaults.Web"/>. Not bound from configuration.</summary>
    public JsonSerializerOptions Json { get; set; } = JsonSerializerOptions.Web;

    /// <summary>What reads received messages. Default: JSON objects <c>{"event":"…","args":[…]}</c>. Not bound from configuration.</summary>
    public IMessageDecoder Decoder { get; set; } = JsonMessageDecoder.Instance;
}
