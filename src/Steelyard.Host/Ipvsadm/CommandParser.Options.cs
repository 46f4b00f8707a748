using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Ipvsadm;

/// <summary>Reading one option at a time, in the order in which they are written.</summary>
internal sealed partial class CommandParser
{
    private void Give(Given given) => _given = Grammar.Add(_given, given);

    private void ReadOption(Word word, string value)
    {
        switch (word)
        {
            case >= Word.TcpService and <= Word.SchedulerFlags:
                ReadServiceOption(word, value);
                break;
            case >= Word.RealServer and <= Word.TunnelRemoteChecksum:
                ReadServerOption(word, value);
                break;
            case >= Word.Connection and <= Word.Numeric:
                ReadListOption(word);
                break;
            case >= Word.McastInterface:
                ReadDaemonOption(word, value);
                break;
            default:
                throw IpvsadmException.Usage($"invalid option `{_reader.Written}'");
        }
    }

    private void ReadServiceOption(Word word, string value)
    {
        switch (word)
        {
            case Word.TcpService:
                ReadServiceAddress(TransportProtocol.Tcp, value);
                break;
            case Word.UdpService:
                ReadServiceAddress(TransportProtocol.Udp, value);
                break;
            case Word.SctpService:
                ReadServiceAddress(TransportProtocol.Sctp, value);
                break;
            case Word.FwmarkService:
                Give(Given.Service);
                _mark = AddressText.TryParseNumber(value, 1, uint.MaxValue, out long mark)
                    ? (uint)mark
                    : throw IpvsadmException.Usage($"invalid fwmark value `{value}' specified");
                break;
            case Word.Ipv6:
                _address = _mark != 0
                    ? default
                    : throw IpvsadmException.Usage("-6 used before -f\n");
                break;
            case Word.Scheduler:
                Give(Given.Scheduler);
                _scheduler = value;
                break;
            case Word.Persistent:
                Give(Given.Persistent);
                _persistenceSeconds =
                    value.Length == 0 ? DefaultPersistenceSeconds : ReadTimeout(value, 1);
                break;
            case Word.Netmask:
                ReadNetmask(value);
                break;
            case Word.PersistenceEngine:
                Give(Given.PersistenceEngine);
                _persistenceEngine = value;
                break;
            case Word.OnePacket:
                Give(Given.OnePacket);
                break;
            default:
                Give(Given.SchedulerFlags);
                _schedulerFlags = value;
                break;
        }
    }

    private void ReadServiceAddress(TransportProtocol protocol, string text)
    {
        Give(Given.Service);
        _protocol = protocol;
        if (!AddressText.TryParse(text, protocol, _names, out _address, out ushort? port))
        {
            throw IpvsadmException.Usage("illegal virtual server address[:port] specified");
        }

        _port = port ?? 0;
    }

    private void ReadNetmask(string text)
    {
        Give(Given.Netmask);
        if (!_address.IsIpv4)
        {
            _prefixLength = ReadNumber(text, 1, 128, "ipv6 netmask");
        }
        else if (AddressText.TryParseIpv4(text, out IpAddress mask))
        {
            _netmask = mask.Ipv4;
        }
        else
        {
            throw IpvsadmException.Usage("illegal virtual server persistent mask specified");
        }
    }

    private void ReadServerOption(Word word, string value)
    {
        switch (word)
        {
            case Word.RealServer:
                Give(Given.Server);
                if (!AddressText.TryParse(
                    value, _protocol, _names, out _serverAddress, out _serverPort))
                {
                    throw IpvsadmException.Usage("illegal real server address[:port] specified");
                }

                break;
            case Word.Gatewaying or Word.Ipip or Word.Masquerading:
                Give(Given.Forward);
                _method = word switch
                {
                    Word.Gatewaying => ForwardingMethod.Direct,
                    Word.Ipip => ForwardingMethod.Tunnel,
                    _ => ForwardingMethod.Nat,
                };
                break;
            case Word.Weight:
                Give(Given.Weight);
                _weight = ReadNumber(value, 0, MaximumNumber, "weight");
                break;
            case Word.UpperThreshold:
                Give(Given.UpperThreshold);
                _upperThreshold = ReadNumber(value, 0, MaximumNumber, "u_threshold");
                break;
            case Word.LowerThreshold:
                Give(Given.LowerThreshold);
                _lowerThreshold = ReadNumber(value, 0, MaximumNumber, "l_threshold");
                break;
            case Word.TunnelType:
                Give(Given.TunnelType);
                _tunnelType = value is "ipip" or "gue" or "gre"
                    ? value
                    : throw IpvsadmException.Usage("illegal tunnel type specified");
                break;
            case Word.TunnelPort:
                Give(Given.TunnelPort);
                _tunnelPort = ReadNumber(value, 1, ushort.MaxValue, "tunnel port");
                break;
            case Word.TunnelNoChecksum:
                Give(Given.TunnelNoChecksum);
                break;
            case Word.TunnelChecksum:
                Give(Given.TunnelChecksum);
                break;
            default:
                Give(Given.TunnelRemoteChecksum);
                break;
        }
    }

    private void ReadListOption(Word word)
    {
        if (word == Word.Sort)
        {
            return;
        }

        Give(word switch
        {
            Word.Connection => Given.Connection,
            Word.Timeout => Given.Timeout,
            Word.Daemon => Given.Daemon,
            Word.Stats => Given.Stats,
            Word.Rate => Given.Rate,
            Word.Thresholds => Given.Thresholds,
            Word.PersistentConnections => Given.PersistentConnections,
            Word.TunnelInformation => Given.TunnelInformation,
            Word.Exact => Given.Exact,
            Word.NoSort => Given.NoSort,
            _ => Given.Numeric,
        });
    }

    private void ReadDaemonOption(Word word, string value)
    {
        switch (word)
        {
            case Word.McastInterface:
                Give(Given.McastInterface);
                _daemon = _daemon with { Interface = value };
                break;
            case Word.SyncId:
                Give(Given.SyncId);
                _daemon = _daemon with { SyncId = ReadNumber(value, 0, 255, "syncid") };
                break;
            case Word.SyncMaximumLength:
                Give(Given.SyncMaximumLength);
                _daemon = _daemon with
                {
                    MaximumLength = ReadNumber(value, 1, ushort.MaxValue, "sync-maxlen"),
                };
                break;
            case Word.McastGroup:
                Give(Given.McastGroup);
                _daemon = _daemon with { Group = ReadGroup(value) };
                break;
            case Word.McastPort:
                Give(Given.McastPort);
                _daemon = _daemon with
                {
                    Port = ReadNumber(value, 1, ushort.MaxValue, "mcast-port"),
                };
                break;
            default:
                Give(Given.McastTimeToLive);
                _daemon = _daemon with { TimeToLive = ReadNumber(value, 1, 255, "mcast-ttl") };
                break;
        }
    }

    private static IpAddress ReadGroup(string text)
    {
        if (!IpAddress.TryParse(text, out IpAddress group))
        {
            throw IpvsadmException.Usage($"invalid mcast-group `{text}'");
        }

        return group.IsMulticast
            ? group
            : throw IpvsadmException.Usage(
                $"invalid {(group.IsIpv4 ? "IPv4" : "IPv6")} mcast-group `{text}'");
    }
}
