using System.Text.Json;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>Options for a Scaler server. They bind to the configuration section <see cref="Section"/>.</summary>
public sealed class ScalerOptions : IScalerConfiguration
{
    /// <summary>The name of the configuration section that these options bind to: <c>Scaler</c>.</summary>
    public const string Section = "Scaler";

    /// <summary>
    /// Gets or sets the path that clients connect to. Requests match with or without the trailing slash. The default is
    /// <c>/stream/</c>.
    /// </summary>
    public string Path { get; set; } = "/stream/";

    /// <summary>
    /// Gets or sets the prefix of every Redis key and channel. Servers with the same prefix form one cluster. The prefix has 1
    /// to 64 letters, digits, <c>-</c>, <c>_</c>, <c>.</c> or <c>:</c>. The default is <c>scaler</c>.
    /// </summary>
    public string Prefix { get; set; } = "scaler";

    /// <summary>
    /// Gets or sets a value indicating whether a message with an unknown event raises <c>error::validation</c>. The default is
    /// <see langword="false"/>: such messages are ignored.
    /// </summary>
    public bool Strict { get; set; }

    /// <summary>Gets or sets the maximum length of an account name, in characters. From 1 to 1,024; the default is 256.</summary>
    public int MaxAccountLength { get; set; } = 256;

    /// <summary>
    /// Gets or sets the maximum number of connections per account in the whole cluster. A connection over the limit is closed
    /// at once. The default is 0, which means no limit. The limit is not enforced while Redis is unavailable.
    /// </summary>
    public int MaxConnectionsPerAccount { get; set; }

    /// <summary>
    /// Gets or sets the maximum number of characters of a client message, or of an unknown event name, in an error event. The
    /// error log keeps them for seven days, and operators read them. From 0, which keeps none, to 1,000,000; the default is 128.
    /// </summary>
    public int MaxErrorMessageLength { get; set; } = 128;

    /// <summary>Gets or sets the authentication options.</summary>
    public ScalerAuthOptions Auth { get; set; } = new();

    /// <summary>
    /// Gets or sets the application's authorization callback. Scaler invokes it once per handshake, after it has verified the
    /// token (if tokens are enabled), before the session exists and before the 101 response of an upgrade. A refusal is
    /// answered with 403 and the message of the callback. The default is <see langword="null"/>, which allows every client. Not
    /// bound from configuration.
    /// <example><code>
    /// options.AuthorizeAsync = async context =>
    ///     await tickets.IsValidAsync(context.HttpContext.Request.Query["ticket"], context.Account)
    ///     ? EngineAuthorization.Allow
    ///     : EngineAuthorization.Refuse("Forbidden: the ticket is not for this account");
    /// </code></example>
    /// </summary>
    public Func<ScalerAuthorizationContext, ValueTask<EngineAuthorization>>? AuthorizeAsync { get; set; }

    /// <summary>Gets or sets the options for the connection to Redis.</summary>
    public ScalerRedisOptions Redis { get; set; } = new();

    /// <summary>Gets or sets the options for the server's membership in its cluster.</summary>
    public ScalerClusterOptions Cluster { get; set; } = new();

    /// <summary>
    /// Gets or sets the Engine.IO options. Scaler sets the path, the id generator and
    /// <see cref="EngineIOOptions.CloseOnHostStop"/>, and wraps the authorization, session and limit callbacks. All other
    /// options belong to the application.
    /// </summary>
    public EngineIOOptions EngineIO { get; set; } = new();

    /// <summary>
    /// Gets or sets the options that serialize and deserialize event arguments. The server makes them read-only. The default has
    /// the settings of <see cref="JsonSerializerDefaults.Web"/> and finds types by reflection. An application that is trimmed or
    /// compiled ahead of time adds the source-generated contexts of its types. Not bound from configuration.
    /// <example><code>
    /// options.Json.TypeInfoResolverChain.Insert(0, MyContext.Default);
    /// </code></example>
    /// </summary>
    public JsonSerializerOptions Json { get; set; } = ArgumentTypes.CreateOptions();

    /// <summary>
    /// Gets or sets the decoder of received messages. The default reads JSON objects of the form
    /// <c>{"event":"…","args":[…]}</c>. Not bound from configuration.
    /// </summary>
    public IMessageDecoder Decoder { get; set; } = JsonMessageDecoder.Instance;
}
