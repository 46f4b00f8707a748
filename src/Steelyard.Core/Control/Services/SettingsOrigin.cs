namespace Steelyard.Core.Control.Services;

/// <summary>Who asked for a service or a server as it is.</summary>
internal enum SettingsOrigin : byte
{
    Unknown = 0,
    File,

    /// <summary>The file has it, and a command gave it other settings.</summary>
    Edited,

    /// <summary>The file does not have it.</summary>
    Command,
}

internal static class SettingsOrigins
{
    public static SettingsOrigin Of<T>(T? file, T wanted)
        where T : class =>
        file is null ? SettingsOrigin.Command
        : file.Equals(wanted) ? SettingsOrigin.File
        : SettingsOrigin.Edited;
}
