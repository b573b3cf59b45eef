//! What `dsregcmd /status` prints, in the tool's spelling, by generation of Windows 10, 11 and Server.
//!
//! Source: <https://learn.microsoft.com/entra/identity/devices/troubleshoot-device-dsregcmd> and outputs of the tool.

/// The headings of the sections; `Work Account 1` is told by its number.
pub(super) const SECTIONS: &[&str] = &[
    "Device State",
    "Device Details",
    "Tenant Details",
    "User State",
    "SSO State",
    "Diagnostic Data",
    "Work Account",
    "IE Proxy Config for Current User",
    "IE Proxy Config for System Account",
    "IE Proxy Config for Local Service",
    "IE Proxy Config for Network Service",
    "URL Specific Proxy Config",
    "WinHttp Default Proxy Config",
    "Ngc Prerequisite Check",
];

/// Keys that no other tool prints: one alone is a reading.
pub(super) const DISTINCTIVE: &[&str] = &[
    "AzureAdJoined",
    "EnterpriseJoined",
    "DomainJoined",
    "WorkplaceJoined",
    "WorkAccountCount",
    "DeviceCertificateValidity",
    "DeviceAuthStatus",
    "TpmProtected",
    "KeySignTest",
    "AuthCodeUrl",
    "AccessTokenUrl",
    "MdmTouUrl",
    "MdmComplianceUrl",
    "JoinSrvVersion",
    "JoinSrvUrl",
    "JoinSrvId",
    "KeySrvVersion",
    "KeySrvUrl",
    "KeySrvId",
    "WebAuthNSrvVersion",
    "WebAuthNSrvUrl",
    "WebAuthNSrvId",
    "DeviceManagementSrvVer",
    "DeviceManagementSrvUrl",
    "DeviceManagementSrvId",
    "NgcSet",
    "NgcKeyId",
    "CanReset",
    "WamDefaultSet",
    "WamDefaultAuthority",
    "WamDefaultId",
    "WamDefaultGUID",
    "AzureAdPrt",
    "AzureAdPrtUpdateTime",
    "AzureAdPrtExpiryTime",
    "AzureAdPrtAuthority",
    "AcquirePrtDiagnostics",
    "RefreshPrtDiagnostics",
    "Previous Prt Attempt",
    "EnterprisePrt",
    "EnterprisePrtUpdateTime",
    "EnterprisePrtExpiryTime",
    "EnterprisePrtAuthority",
    "AdfsPrt",
    "AdfsRefreshToken",
    "OnPremTgt",
    "CloudTgt",
    "KerbTopLevelNames",
    "AadRecoveryEnabled",
    "AadRecoveryNeeded",
    "Executing Account Name",
    "DisplayNameUpdated",
    "OsVersionUpdated",
    "HostNameUpdated",
    "Last HostName Update",
    "Diagnostics Reference",
    "AD Connectivity Test",
    "AD Configuration Test",
    "DRS Discovery Test",
    "DRS Connectivity Test",
    "DRS Connection Test",
    "Token acquisition Test",
    "Fallback to Sync-Join",
    "Previous Registration",
    "Registration Type",
    "Client ErrorCode",
    "Server ErrorCode",
    "Server ErrorSubCode",
    "NgcPreReq",
    "NgcPrerequisiteCheck",
    "IsDeviceJoined",
    "IsUserAzureAD",
    "PostLogonEnabled",
    "DeviceEligible",
    "SessionIsNotRemote",
    "CertEnrollment",
    "AdfsRaIsReady",
    "LogonCertTemplateReady",
    "PreReqResult",
    "WorkplaceDeviceId",
    "WorkplaceThumbprint",
    "WorkplaceIdp",
    "WorkplaceTenantId",
    "WorkplaceTenantName",
    "WorkplaceMdmUrl",
    "WorkplaceSettingsUrl",
    "Auto Detect PAC Status",
];

/// Keys that other tools and people write too: they count in company.
pub(super) const COMMON: &[&str] = &[
    "DomainName",
    "Virtual Desktop",
    "Device Name",
    "DeviceId",
    "Thumbprint",
    "KeyContainerId",
    "KeyProvider",
    "TenantName",
    "TenantId",
    "Idp",
    "MdmUrl",
    "SettingsUrl",
    "PolicyEnabled",
    "Attempt Status",
    "User Identity",
    "Credential Type",
    "Correlation ID",
    "Endpoint URI",
    "HTTP Method",
    "HTTP Error",
    "HTTP status",
    "Server Error Code",
    "Server Error Description",
    "User Context",
    "Client Time",
    "Error Phase",
    "Server Message",
    "Server Operation",
    "Https Status",
    "Request Id",
    "Auto Detect Settings",
    "Auto-Configuration URL",
    "Proxy Server List",
    "Proxy Bypass List",
    "Access Type",
    "Proxy Server",
    "Proxy Bypass",
    "WinHttp Proxy",
    "Join Server",
    "Test URL",
];

/// Keys whose value is YES or NO; what a person wrote behind it is not part of it.
pub(super) const YES_OR_NO: &[&str] = &[
    "AzureAdJoined",
    "EnterpriseJoined",
    "DomainJoined",
    "WorkplaceJoined",
    "TpmProtected",
    "NgcSet",
    "AzureAdPrt",
    "EnterprisePrt",
    "OnPremTgt",
    "CloudTgt",
    "IsDeviceJoined",
    "IsUserAzureAD",
    "PolicyEnabled",
    "PostLogonEnabled",
    "DeviceEligible",
    "SessionIsNotRemote",
];

/// What the tool says between its sections.
pub(super) const REMARKS: &[&str] = &[
    "Waiting for Diagnostics Task",
    "For more information, please visit https://www.microsoft.com/aadjerrors",
];

/// Sections about the account that ran the tool; the others are about the machine.
const SECTIONS_OF_ACCOUNT: &[&str] = &[
    "User State",
    "SSO State",
    "Work Account",
    "IE Proxy Config for Current User",
];

/// Keys about that account, wherever a paste left them.
const OF_ACCOUNT: &[&str] = &[
    "WorkplaceJoined",
    "WorkAccountCount",
    "NgcSet",
    "NgcKeyId",
    "CanReset",
    "WamDefaultSet",
    "WamDefaultAuthority",
    "WamDefaultId",
    "WamDefaultGUID",
    "AzureAdPrt",
    "AzureAdPrtUpdateTime",
    "AzureAdPrtExpiryTime",
    "AzureAdPrtAuthority",
    "AcquirePrtDiagnostics",
    "RefreshPrtDiagnostics",
    "Previous Prt Attempt",
    "EnterprisePrt",
    "EnterprisePrtUpdateTime",
    "EnterprisePrtExpiryTime",
    "EnterprisePrtAuthority",
    "AdfsPrt",
    "AdfsRefreshToken",
    "OnPremTgt",
    "CloudTgt",
    "KerbTopLevelNames",
    "IsUserAzureAD",
    "PostLogonEnabled",
    "SessionIsNotRemote",
    "LogonCertTemplateReady",
    "Executing Account Name",
];

/// Whether a key says something about an account and not about the machine.
pub(super) fn is_of_account(section: Option<&str>, key: &str) -> bool {
    let of_account = |section: &str| {
        let mut names = SECTIONS_OF_ACCOUNT.iter();
        names.any(|name| section.starts_with(name))
    };
    OF_ACCOUNT.contains(&key) || section.is_some_and(of_account)
}

/// One of these stands in every output that is read. `Idp` stands in much else, and never alone in this.
pub(super) const MARKS: [&str; MARK_COUNT] = marks();

const MARK_COUNT: usize = SECTIONS.len() + DISTINCTIVE.len() + COMMON.len();

const fn marks() -> [&'static str; MARK_COUNT] {
    let lists = [SECTIONS, DISTINCTIVE, COMMON];
    let mut marks = [SECTIONS[0]; MARK_COUNT];
    let (mut list, mut at) = (0, 0);
    while list < lists.len() {
        let mut name = 0;
        while name < lists[list].len() {
            if lists[list][name].len() > 3 {
                marks[at] = lists[list][name];
            }
            at += 1;
            name += 1;
        }
        list += 1;
    }
    marks
}
