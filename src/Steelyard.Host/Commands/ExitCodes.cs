namespace Steelyard.Host.Commands;

/// <summary>What the program's exit code says. A promise to scripts.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The box said no.</summary>
    public const int Refused = 1;

    /// <summary>Bad usage or bad configuration.</summary>
    public const int BadUsage = 2;

    /// <summary>No box answers.</summary>
    public const int NoBox = 3;

    /// <summary>
    /// Ended by Ctrl-C before it was done, as shells say it: 128 and SIGINT's number.
    /// </summary>
    public const int Interrupted = 130;
}
