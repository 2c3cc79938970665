using System.Text;

namespace Scaler;

/// <summary>
/// Finds the route of an event by its UTF-8 name without allocating a string for names of up to 256 bytes. Lookups are lock-free:
/// a registration replaces the table.
/// </summary>
internal sealed class EventRouteTable
{
    private readonly Lock _lock = new();
    private volatile Dictionary<string, EventRoute> _routes = new(StringComparer.Ordinal);

    public EventRoute? Find(ReadOnlySpan<byte> name)
    {
        var routes = _routes;
        if (name.Length > 256)
        {
            return routes.GetValueOrDefault(Encoding.UTF8.GetString(name));
        }

        Span<char> chars = stackalloc char[256];
        var length = Encoding.UTF8.GetChars(name, chars);
        return routes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(chars[..length], out var route) ? route : null;
    }

    public void AddHandler(string name, ScalerMessageHandler handler) =>
        Change(name, route => route with { Handlers = [.. route.Handlers, handler] });

    public void AddValidator(string name, Func<ScalerMessage, string?> validator) =>
        Change(name, route => route with { Validators = [.. route.Validators, validator] });

    private void Change(string name, Func<EventRoute, EventRoute> change)
    {
        lock (_lock)
        {
            _routes = new Dictionary<string, EventRoute>(_routes, StringComparer.Ordinal)
            {
                [name] = change(_routes.GetValueOrDefault(name) ?? new EventRoute(name, [], [])),
            };
        }
    }
}
