namespace Scaler;

/// <summary>What is registered for one event. Immutable: registering replaces it.</summary>
/// <param name="Name">The event.</param>
/// <param name="Validators">Each gives an error, or null where the message is right; the first error counts.</param>
/// <param name="Handlers">They are called in the order in which they were registered.</param>
internal sealed record EventRoute(string Name, Func<ScalerMessage, string?>[] Validators, ScalerMessageHandler[] Handlers);
