using BenchmarkDotNet.Running;
using Scaler.Benchmarks.Load;
using Scaler.Benchmarks.Seeding;

// load …    measures servers and their peers as processes (see docs/performance.md)
// seed …    fills a Redis with simulated servers, to test Scaler.Admin at scale
// other     passes the arguments to BenchmarkDotNet: --filter '*Codec*', --list flat
return args switch
{
    ["load", .. var rest] => await LoadCommand.RunAsync(rest),
    ["seed", .. var rest] => await SeedCommand.RunAsync(rest),
    _ => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args).Any() ? 0 : 1,
};
