using System.Collections.Generic;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Host.Api;

namespace Steelyard.Host.Ipvsadm;

/// <summary>Reads one command line of <c>ipvsadm</c>. The first word is the command.</summary>
internal sealed partial class CommandParser
{
    private const long MaximumNumber = int.MaxValue;

    /// <summary>31 days, in seconds.</summary>
    private const long MaximumTimeoutSeconds = 31 * 86_400;

    /// <summary>Persistence when <c>-p</c> has no value, in seconds.</summary>
    private const int DefaultPersistenceSeconds = 360;

    private readonly WordReader _reader;
    private readonly INames _names;
    private Given _given;

    // The service.
    private TransportProtocol _protocol;
    private IpAddress _address = IpAddress.FromIpv4(0);
    private ushort _port;
    private uint _mark;
    private string _scheduler = string.Empty;
    private string _schedulerFlags = string.Empty;
    private int _persistenceSeconds;
    private uint _netmask = uint.MaxValue;
    private int _prefixLength = 128;
    private string _persistenceEngine = string.Empty;

    // The server.
    private IpAddress _serverAddress;
    private ushort? _serverPort;
    private ForwardingMethod _method = ForwardingMethod.Direct;
    private int _weight = 1;
    private long _upperThreshold;
    private long _lowerThreshold;
    private string _tunnelType = "ipip";
    private int _tunnelPort;

    private IpvsDaemon _daemon = new(IsMaster: true);
    private IpvsTimeouts? _timeouts;

    private CommandParser(IReadOnlyList<string> arguments, INames names)
    {
        _reader = new(arguments);
        _names = names;
    }

    /// <exception cref="IpvsadmException">The command line is wrong, as said.</exception>
    public static IpvsadmCommand Parse(IReadOnlyList<string> arguments, INames names) =>
        arguments.Count == 0
            ? new(Deed.ListServices)
            : new CommandParser(arguments, names).Parse();

    private IpvsadmCommand Parse()
    {
        if (_reader.Read() != ReadOutcome.Read)
        {
            throw IpvsadmException.TryHelp();
        }

        Word command = _reader.Word;
        switch (command)
        {
            case Word.Help:
                return new(Deed.Help);
            case Word.Version:
                return new(Deed.Version);
            case Word.StartDaemon or Word.StopDaemon:
                ReadRole(command);
                break;
            case > Word.Unknown and <= Word.Save:
                break;
            default:
                throw IpvsadmException.TryHelp();
        }

        ReadOptions();
        int used = command == Word.Set ? ReadTimeouts() : 0;
        if (_reader.Rest.Count > used)
        {
            throw IpvsadmException.Usage($"unexpected argument {_reader.Rest[used]}");
        }

        Grammar.Check(command, _given);
        return Build(command);
    }

    private void ReadOptions()
    {
        while (true)
        {
            switch (_reader.Read())
            {
                case ReadOutcome.End:
                    return;
                case ReadOutcome.UnknownWord:
                    throw Unreadable("unknown option");
                case ReadOutcome.MissingValue:
                    throw Unreadable("missing argument");
                case ReadOutcome.UnwantedValue:
                    throw Unreadable("option does not take an argument");
                default:
                    ReadOption(_reader.Word, _reader.Value ?? string.Empty);
                    break;
            }
        }
    }

    private IpvsadmException Unreadable(string why) =>
        new(IpvsadmException.Refused, $"{_reader.Written}: {why}");

    private void ReadRole(Word command)
    {
        // Either way these are ipvsadm's own words.
        string complaint = command == Word.StartDaemon
            ? "illegal start-daemon parameter specified"
            : "illegal start_daemon specified";
        _daemon = new(IsMaster: _reader.Value switch
        {
            "master" => true,
            "backup" => false,
            _ => throw IpvsadmException.Usage(complaint),
        });
    }

    private int ReadTimeouts()
    {
        const int Count = 3;
        IReadOnlyList<string> rest = _reader.Rest;
        if (rest.Count < Count)
        {
            throw IpvsadmException.Usage("--set option requires 3 timeout values");
        }

        _timeouts = new(ReadTimeout(rest[0], 0), ReadTimeout(rest[1], 0), ReadTimeout(rest[2], 0));
        return Count;
    }

    private static int ReadTimeout(string text, int minimum) =>
        AddressText.TryParseNumber(text, minimum, MaximumTimeoutSeconds, out long seconds)
            ? (int)seconds
            : throw IpvsadmException.Usage($"invalid timeout value `{text}' specified");

    private static int ReadNumber(string text, long minimum, long maximum, string what) =>
        AddressText.TryParseNumber(text, minimum, maximum, out long number)
            ? (int)number
            : throw IpvsadmException.Usage($"illegal {what} specified");
}
