using System;
using System.Globalization;
using System.IO;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// Finds the program that listens on a TCP port, for the message that it is taken.
/// </summary>
internal static class PortHolder
{
    private const string ListenState = "0A";
    private const int LocalAddressColumn = 1;
    private const int StateColumn = 3;
    private const int InodeColumn = 9;

    /// <summary>A phrase like <c>nginx (process 412)</c>; null when it cannot be told.</summary>
    public static string? Find(int port)
    {
        try
        {
            string? inode = FindInode("/proc/net/tcp", port) ?? FindInode("/proc/net/tcp6", port);
            return inode is null ? null : FindProcess(inode);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? FindInode(string table, int port)
    {
        if (!File.Exists(table))
        {
            return null;
        }

        string suffix = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        foreach (string line in File.ReadLines(table))
        {
            string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > InodeColumn
                && columns[StateColumn] == ListenState
                && columns[LocalAddressColumn].EndsWith(suffix, StringComparison.Ordinal))
            {
                return columns[InodeColumn];
            }
        }

        return null;
    }

    private static string? FindProcess(string inode)
    {
        string socket = $"socket:[{inode}]";
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            string number = Path.GetFileName(process);
            if (char.IsAsciiDigit(number[0]) && HasOpen(process, socket))
            {
                string name = File.ReadAllText(Path.Combine(process, "comm")).Trim();
                return $"{name} (process {number})";
            }
        }

        return null;
    }

    private static bool HasOpen(string process, string socket)
    {
        try
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(process, "fd")))
            {
                if (new FileInfo(file).LinkTarget == socket)
                {
                    return true;
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false; // It ended meanwhile, or belongs to somebody else.
        }

        return false;
    }
}
