using System;
using System.Collections.Generic;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>
/// <c>sync { key … }</c>: the secret that both boxes of a pair have. No fault shows what stands
/// where a key should.
/// </summary>
internal sealed class SyncBinding(ValueReader values, IConfigFiles files)
{
    private const int MostKeys = 2;
    private const int MaximumLength = 1024; // characters of a key's file
    private const string Hexadecimal = "hex:";
    private const string File = "file:";
    private const string Credential = "credential:";
    private const string Wanted =
        "64 hexadecimal digits, as 'openssl rand -hex 32' prints them";

    private readonly List<SyncKey> _keys = [];
    private Statement? _block;

    public void Bind(Statement block)
    {
        _block = block;
        BlockScope scope = new("sync", values.Faults, mayRepeat: true);
        foreach (Statement statement in block.Block ?? [])
        {
            if (scope.Accepts(statement))
            {
                BindKey(statement);
            }
        }

        if (_keys.Count > MostKeys)
        {
            values.Faults.Error(
                block.Position, "'sync' has more than two keys: one in use, and one to come or go");
        }
    }

    /// <summary>The keys; a channel without one is complained about.</summary>
    /// <param name="channel">Where <c>lvs_sync_daemon</c> stands; null without one.</param>
    public ConfigList<SyncKey> Keys(SourcePosition? channel)
    {
        if (channel is SourcePosition position && _block is null)
        {
            if (values.Faults.HasErrors)
            {
                return []; // of a wrong file the errors come first
            }

            values.Faults.Warning(
                position,
                "the sync channel has no key: whoever reaches its link can command a failover and "
                + "fill the table; keep the link private, or give both boxes the same "
                + "'sync { key … }'");
        }
        else if (channel is null && _block is { } lonely)
        {
            values.Faults.Warning(
                lonely.Position, "'sync' has no effect: there is no lvs_sync_daemon");
        }
        else if (_block is { } block && _keys.Count == 0)
        {
            values.Faults.Error(block.Position, $"'sync' needs a 'key': {Forms}");
        }

        return ConfigList.From(_keys);
    }

    private static string Forms => "file:PATH, credential:NAME or hex:DIGITS";

    private void BindKey(Statement statement)
    {
        if (statement.Arguments is not [Word word])
        {
            values.Faults.Error(statement.Position, $"'key' takes one value: {Forms}");
            return;
        }

        string text = word.Text;
        if (text.StartsWith(Hexadecimal, StringComparison.Ordinal))
        {
            WarnIfOpen(word, word.Position.File);
            Add(word, text.AsSpan(Hexadecimal.Length), "the key is not");
        }
        else if (text.StartsWith(File, StringComparison.Ordinal))
        {
            BindFile(word, text[File.Length..]);
        }
        else if (text.StartsWith(Credential, StringComparison.Ordinal))
        {
            BindCredential(word, text[Credential.Length..]);
        }
        else
        {
            values.Faults.Error(word.Position, $"a key is given as {Forms}");
        }
    }

    private void BindFile(Word word, string path)
    {
        if (!path.StartsWith('/'))
        {
            values.Faults.Error(word.Position, "the file of a key is named by its whole path");
            return;
        }

        if (!files.TryRead(path, MaximumLength, out string? text, out string? reason))
        {
            values.Faults.Error(
                word.Position, $"the key's file '{Shown.Text(path)}' cannot be read: {reason}");
            return;
        }

        WarnIfOpen(word, path);
        Add(word, text, $"'{Shown.Text(path)}' does not hold");
    }

    private void BindCredential(Word word, string name)
    {
        if (name.Length == 0 || name.Contains('/') || name.StartsWith('.'))
        {
            values.Faults.Error(word.Position, "the name of a credential is a file's name");
            return;
        }

        if (files.CredentialsFolder is not string folder)
        {
            values.Faults.Error(
                word.Position,
                "the credential cannot be read: $CREDENTIALS_DIRECTORY is not set; systemd sets it "
                + "for a unit with LoadCredential=, and to check by hand, set it to the folder "
                + "under /run/credentials");
            return;
        }

        BindFile(word, $"{folder.TrimEnd('/')}/{name}");
    }

    private void Add(Word word, ReadOnlySpan<char> text, string complaint)
    {
        if (!SyncKey.TryParse(text.Trim(), out SyncKey? key))
        {
            values.Faults.Error(word.Position, $"{complaint} {Wanted}");
        }
        else if (_keys.Contains(key))
        {
            values.Faults.Warning(word.Position, "the same key is given twice");
        }
        else
        {
            _keys.Add(key);
        }
    }

    private void WarnIfOpen(Word word, string path)
    {
        if (files.IsOpenToOthers(path))
        {
            values.Faults.Warning(
                word.Position,
                $"'{Shown.Text(path)}' holds a key, and others than its owner can read or change "
                + $"it: chmod 600 {Shown.Text(path)}");
        }
    }
}
