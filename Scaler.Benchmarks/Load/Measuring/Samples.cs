namespace Scaler.Benchmarks.Load.Measuring;

/// <summary>All measurements of a scenario, by server.</summary>
internal sealed class Samples
{
    private readonly Dictionary<string, List<Sample>> _byServer = [];

    public IEnumerable<string> Servers => _byServer.Keys;

    public IEnumerable<string> Figures => _byServer.Values.SelectMany(samples => samples).SelectMany(sample => sample.Keys).Distinct();

    public void Add(string server, Sample sample)
    {
        if (!_byServer.TryGetValue(server, out var samples))
        {
            _byServer[server] = samples = [];
        }

        samples.Add(sample);
    }

    /// <summary>Returns the median of a figure; not a number if the figure was not measured.</summary>
    public double Median(string server, string figure)
    {
        var values = (_byServer.GetValueOrDefault(server) ?? [])
            .Where(sample => sample.ContainsKey(figure)).Select(sample => sample[figure]).Order().ToArray();
        return values.Length switch
        {
            0 => double.NaN,
            var n when n % 2 == 1 => values[n / 2],
            var n => (values[n / 2 - 1] + values[n / 2]) / 2,
        };
    }
}
