using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using Steelyard.Host.Storage;

namespace Steelyard.Host.Panel;

/// <summary>
/// The board profiles: those of a folder, and those that the program carries. A profile is a
/// <c>panel.conf</c> with the lines, and a <c>compatible</c> with the names by which device trees
/// know the board.
/// </summary>
/// <param name="folder">One folder a board in it; may be missing.</param>
/// <param name="deviceTree">The kernel's list of what this machine is compatible with.</param>
internal sealed class BoardShelf(string folder, string deviceTree)
{
    /// <summary>The board is found by the device tree.</summary>
    public const string Auto = "auto";

    /// <summary>Its panel is the one that the box is sold with.</summary>
    public const string Fallback = "cm4-dual-eth-mini";

    private const string Panel = "panel.conf";
    private const string Compatible = "compatible";
    private const string ResourceFolder = "board/";

    public static BoardShelf OfThisMachine { get; } =
        new("/usr/share/steelyard/board", "/sys/firmware/devicetree/base/compatible");

    /// <summary>Names of the boards.</summary>
    public IReadOnlyList<string> Known
    {
        get
        {
            IEnumerable<string> carried = typeof(BoardShelf).Assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(ResourceFolder, StringComparison.Ordinal)
                    && name.EndsWith('/' + Panel, StringComparison.Ordinal))
                .Select(name => name[ResourceFolder.Length..^(Panel.Length + 1)]);
            IEnumerable<string> added = !Directory.Exists(folder) ? [] :
                Directory.GetDirectories(folder)
                    .Where(path => File.Exists(Path.Combine(path, Panel)))
                    .Select(path => Path.GetFileName(path));
            return [.. carried.Union(added).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>A profile by its board's name or its file's path (with a slash), or auto.</summary>
    /// <exception cref="PanelException">No such board.</exception>
    public PanelBoard Load(string board)
    {
        if (board.Contains('/', StringComparison.Ordinal))
        {
            return PanelBoard.Parse(ReadFile(board)
                ?? throw new PanelException($"there is no board profile {board}"));
        }

        string name = board == Auto ? Detect() : board;
        return PanelBoard.Parse(Read(name, Panel)
            ?? throw new PanelException(
                $"there is no board '{name}'; known boards are {string.Join(", ", Known)}"));
    }

    /// <summary>The board that the device tree names first, or the fallback.</summary>
    public string Detect()
    {
        string[] names = (ReadFile(deviceTree) ?? string.Empty)
            .Split('\0', StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> found =
            from name in names
            from board in Known
            where (Read(board, Compatible) ?? string.Empty).Split('\n')
                .Any(line => line.Trim() == name)
            select board;
        return found.FirstOrDefault(Fallback);
    }

    private string? Read(string board, string file) =>
        ReadFile(Path.Combine(folder, board, file))
            ?? ReadCarried($"{ResourceFolder}{board}/{file}");

    private static string? ReadCarried(string resource)
    {
        Assembly assembly = typeof(BoardShelf).Assembly;
        using Stream? stream = assembly.GetManifestResourceStream(resource);
        if (stream is null)
        {
            return null;
        }

        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static string? ReadFile(string path) => Readable.Text(path);
}
