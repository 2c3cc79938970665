using BenchmarkDotNet.Running;
using Scaler.Benchmarks.Load;

// load …    servers as processes, beside their peers (see docs/performance.md)
// anything  BenchmarkDotNet's own arguments: --filter '*Codec*', --list flat
return args is ["load", .. var rest]
    ? await LoadCommand.RunAsync(rest)
    : BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args).Any() ? 0 : 1;
