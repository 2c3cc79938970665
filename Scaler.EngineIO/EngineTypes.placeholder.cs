#pragma warning disable
using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
namespace Scaler.EngineIO;
public enum EngineTransport { Polling, WebSocket }
public enum EngineSessionState { Opening, Open, Closing, Closed }
public enum EngineMessageKind { Text, Binary }
[Flags] public enum EngineSendFlags { None = 0, Volatile = 1, NoCompression = 2 }
public enum EngineSendOutcome { Sent, Dropped, Closed }
public enum EngineCloseReason { ServerClose, ClientClose, TransportClose, TransportError, PingTimeout, ParseError, PayloadTooLarge, SlowConsumer, ServerShutdown, Forbidden }
public sealed class EngineHandshake { 
  public IHeaderDictionary Headers => throw new NotSupportedException(); 
  public IQueryCollection Query => throw new NotSupportedException();
  public IPAddress? RemoteAddress => throw new NotSupportedException();
  public ClaimsPrincipal User => throw new NotSupportedException(); 
  public DateTimeOffset At => throw new NotSupportedException(); }
public sealed class EngineEncodedMessage : IDisposable { public static EngineEncodedMessage Create(ReadOnlySpan<byte> data, EngineMessageKind kind) => throw new NotSupportedException(); public void Dispose() {} }
