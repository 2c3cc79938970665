using BenchmarkDotNet.Running;
using Scaler.Benchmarks.Load;
using Scaler.Benchmarks.Seeding;

// load …    servers as processes, beside their peers (see docs/performance.md)
// seed …    a Redis filled with simulated servers, for looking at Admin at size
// anything  BenchmarkDotNet's own arguments: --filter '*Codec*', --list flat
return args switch
{
    ["load", .. var rest] => await LoadCommand.RunAsync(rest),
    ["seed", .. var rest] => await SeedCommand.RunAsync(rest),
    _ => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args).Any() ? 0 : 1,
};
