namespace Scaler;

/// <summary>Represents the validators and handlers of one event. Immutable: a registration creates a new instance.</summary>
/// <param name="Name">The event name.</param>
/// <param name="Validators">
/// The validators. Each returns an error, or <see langword="null"/> if the message is valid. The first error is reported.
/// </param>
/// <param name="Handlers">The handlers, in the order of their registration, which is also the order of invocation.</param>
internal sealed record EventRoute(string Name, Func<ScalerMessage, string?>[] Validators, ScalerMessageHandler[] Handlers);
