using System.Collections.Generic;
using Steelyard.Core.Connections;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Sync;
using Steelyard.Core.Wire;
using Steelyard.Tests.Forwarding;

namespace Steelyard.Tests.Sync;

/// <summary>The way from one engine's news to another engine, by the kernel's protocol.</summary>
internal static class Channel
{
    private const byte SyncId = 7;

    /// <summary>All news of a box so far goes to its twin.</summary>
    public static void Tell(TestBox from, TestBox to)
    {
        foreach (byte[] message in Say(from))
        {
            to.Command(new LearnConnections([.. Hear([message])], includesHeld: true));
        }

        to.Turn();
    }

    /// <summary>The messages of a box's news.</summary>
    public static List<byte[]> Say(TestBox box)
    {
        List<byte[]> messages = [];
        byte[] datagram = new byte[ConnectionReplica.MaximumLength];
        int length = SyncMessage.Begin(datagram, SyncId);
        while (box.Engine.Events.TryTake(out EngineEvent news))
        {
            if (news.Kind != EngineEventKind.ConnectionChanged)
            {
                continue;
            }

            if (!SyncRecords.TryAppend(datagram, ref length, news.Connection, out bool isTold))
            {
                messages.Add(datagram[..length]);
                length = SyncMessage.Begin(datagram, SyncId);
                Assert.True(
                    SyncRecords.TryAppend(datagram, ref length, news.Connection, out isTold));
            }

            Assert.True(isTold);
        }

        messages.Add(datagram[..length]);
        return messages;
    }

    public static List<ConnectionRecord> Hear(IEnumerable<byte[]> messages)
    {
        List<ConnectionRecord> heard = [];
        foreach (byte[] datagram in messages)
        {
            Assert.True(SyncMessage.TryParse(datagram, SyncId, out SyncMessage message, out _));
            SyncMessage.Enumerator entries = message.GetEnumerator();
            while (entries.MoveNext())
            {
                Assert.True(SyncRecords.TryToRecord(
                    entries.Current, entries.Engine, out ConnectionRecord record));
                heard.Add(record);
            }
        }

        return heard;
    }
}
