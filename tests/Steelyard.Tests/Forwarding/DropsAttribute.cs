using System;
using Steelyard.Core.Forwarding;

namespace Steelyard.Tests.Forwarding;

/// <summary>Marks the test of a drop reason.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class DropsAttribute(DropReason reason) : Attribute
{
    public DropReason Reason { get; } = reason;
}
