using System.ComponentModel;
using System.Diagnostics;

namespace Aspire.Hosting.Running;

/// <summary>
/// Ends the processes when this one is killed and can't do it itself. A small shell reads from a pipe which processes
/// to watch; the pipe ends when this process does, however that happens, and the shell then ends what is left: SIGTERM,
/// and SIGKILL for what still lives 5 s later. The shell ignores the signals that a terminal sends to all.
/// </summary>
internal sealed class Guard : IDisposable
{
    private const string Script = """
        trap '' INT TERM HUP
        watched=' '
        while read -r sign pid; do
          case $sign in
            +) watched="$watched$pid " ;;
            -) watched="${watched%% $pid *} ${watched#* $pid }" ;;
          esac
        done
        kill -TERM $watched 2>/dev/null
        for second in 1 2 3 4 5; do
          left=''
          for pid in $watched; do kill -0 $pid 2>/dev/null && left="$left $pid"; done
          [ -z "$left" ] && exit
          sleep 1
        done
        kill -KILL $left 2>/dev/null
        """;

    private readonly Lock _lock = new();
    private readonly Process? _shell = Start();

    public void Watch(int process) => Write($"+ {process}\n");

    public void Forget(int process) => Write($"- {process}\n");

    public void Dispose()
    {
        lock (_lock)
        {
            if (_shell is null) return;
            _shell.StandardInput.Dispose();
            _shell.Dispose();
        }
    }

    private void Write(string line)
    {
        lock (_lock)
        {
            try
            {
                _shell?.StandardInput.Write(line);
                _shell?.StandardInput.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // Somebody killed the guard, or all is over: a normal end ends the processes without it.
            }
        }
    }

    private static Process? Start()
    {
        if (OperatingSystem.IsWindows()) return null;
        try
        {
            return Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script]) { RedirectStandardInput = true });
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
