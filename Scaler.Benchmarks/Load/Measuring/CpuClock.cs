using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Scaler.Benchmarks.Load.Measuring;

/// <summary>Reads the CPU time (user and system) that a process has used, with nanosecond resolution where available.</summary>
internal static partial class CpuClock
{
    public static TimeSpan Read(Process process)
    {
        // The resolution of /proc is 10 ms, which is too coarse for a short measurement.
        if (OperatingSystem.IsLinux() && GetClock(process.Id, out var clock) == 0 && GetTime(clock, out var time) == 0)
        {
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
        }

        process.Refresh();
        return process.TotalProcessorTime;
    }

    [LibraryImport("libc", EntryPoint = "clock_getcpuclockid")]
    private static partial int GetClock(int process, out int clock);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
